package listing_test

import (
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
)

func file(name string, size int64, t time.Time) providers.File {
	return providers.File{Path: name, Kind: providers.Regular, Size: size, ModTime: t}
}

func folder(name string, t time.Time) providers.File {
	return providers.File{Path: name, Kind: providers.Dir, ModTime: t}
}

func link(name string, t time.Time) providers.File {
	return providers.File{Path: name, Kind: providers.Link, ModTime: t}
}

func other(name string, t time.Time) providers.File {
	return providers.File{Path: name, Kind: providers.Other, ModTime: t}
}

var (
	nov3 = day(2025, 11, 3, 0, 0)
	jan  = day(2024, 1, 13, 0, 0)
	mar  = day(2024, 3, 13, 0, 0)
)

// corpus is what servers write, in the style of each.
var corpus = []struct {
	line string
	want providers.File
}{
	// ls, vsftpd, Pure-FTPd, ProFTPD, FileZilla Server
	{"-rw-r--r--    1 1000     1000      14336 Jan 12 09:30 disk.vmdk", file("disk.vmdk", 14336, day(2026, 1, 12, 9, 30))},
	{"-rw-r--r--    1 1000     1000          3 Dec 31 23:59 last year", file("last year", 3, day(2025, 12, 31, 23, 59))},
	{"-rw-r--r--    1 1000     1000          3 Mar  2 11:00 zone ahead", file("zone ahead", 3, day(2026, 3, 2, 11, 0))},
	{"-rw-r--r--    1 1000     1000          3 Feb 29  2024 leap", file("leap", 3, day(2024, 2, 29, 0, 0))},
	{"-rw-r--r-- 1 ftp ftp       65222236000 Jan  2  9:05 one digit", file("one digit", 65222236000, day(2026, 1, 2, 9, 5))},
	{"-r--------   0 user group     65222236 Feb 24 00:39 hosted", file("hosted", 65222236, day(2026, 2, 24, 0, 39))},
	{"-rw-r--r-- 1 u g 0123 Nov 3 2025 not octal", file("not octal", 123, nov3)},
	{"-rw-r--r-- 1 u g 7 Nov  3 10:11:12 2025 BSD", file("BSD", 7, time.Date(2025, 11, 3, 10, 11, 12, 0, time.UTC))},
	// marks of SELinux, ACLs and attributes
	{"drwxr-xr-x.   2 root     root       4096 Nov  3  2025 selinux", folder("selinux", nov3)},
	{"-rw-r--r--.   1 root     root          7 Nov  3  2025 selinux", file("selinux", 7, nov3)},
	{"drwxr-xr-x+   2 root     root       4096 Nov  3  2025 acl", folder("acl", nov3)},
	{"drwxrwsr-t@   2 root     root       4096 Nov  3  2025 attr", folder("attr", nov3)},
	// users and groups with blanks, or missing
	{"-rw-r--r-- 1 CORP\\jo doe Domain Users 7 Nov 3 2025 f", file("f", 7, nov3)},
	{"-rw-r--r-- 1 Domain Users 2048 7 Nov 3 2025 f", file("f", 7, nov3)},
	{"-rw-r--r--   1 ftp             7 Nov  3  2025 no group", file("no group", 7, nov3)},
	{"drwxr-xr-x               folder        2 Nov  3  2025 NetPresenz", folder("NetPresenz", nov3)},
	{"-------r--         326  1391972  1392298 Nov  3  2025 MegaPhone.sit", file("MegaPhone.sit", 1392298, nov3)},
	{"-rw-r--r-- 1 bob 12 1024 Nov 3 2025 numeric group", file("numeric group", 1024, nov3)},
	{"-rw-r--r-- 1 jan 12 2048 Nov 3 2025 f", file("f", 2048, nov3)},
	{"-rw-r--r-- 1 mar 12 2048 3. Nov. 2025 f", file("f", 2048, nov3)},
	// ISO dates
	{"-rw-r--r-- 1 u g 7 2025-11-03 10:11 iso", file("iso", 7, day(2025, 11, 3, 10, 11))},
	{"-rw-r--r-- 1 u g 7 2025-11-03 10:11:12 seconds", file("seconds", 7, time.Date(2025, 11, 3, 10, 11, 12, 0, time.UTC))},
	{"-rw-r--r-- 1 u g 7 2025-11-03 10:11:00.000000000 +0100 full iso", file("full iso", 7, day(2025, 11, 3, 9, 11))},
	// other languages
	{"-rw-r--r-- 1 u g 7 13. Jan 2024 deutsch", file("deutsch", 7, jan)},
	{"-rw-r--r-- 1 u g 7 13. Mär 2024 deutsch", file("deutsch", 7, mar)},
	{"-rw-r--r-- 1 u g 7 13. M\xe4r 2024 latin1", file("latin1", 7, mar)},
	{"-rw-r--r-- 1 u g 7 Mär 13 2024 deutsch", file("deutsch", 7, mar)},
	{"-rw-r--r-- 1 u g 7 13. Dez 09:30 deutsch", file("deutsch", 7, day(2025, 12, 13, 9, 30))},
	{"-rw-r--r-- 1 u g 7 13. Jän 2024 wienerisch", file("wienerisch", 7, jan)},
	{"-rw-r--r-- 1 u g 7 Okt 13 2024 f", file("f", 7, day(2024, 10, 13, 0, 0))},
	{"-rw-r--r-- 1 u g 7 13 janv.  2024 français", file("français", 7, jan)},
	{"-rw-r--r-- 1 u g 7 13 févr. 09:30 français", file("français", 7, day(2026, 2, 13, 9, 30))},
	{"-rw-r--r-- 1 u g 7 13 f\xe9vr. 09:30 latin1", file("latin1", 7, day(2026, 2, 13, 9, 30))},
	{"-rw-r--r-- 1 u g 7 août 13 2024 français", file("français", 7, day(2024, 8, 13, 0, 0))},
	{"-rw-r--r-- 1 u g 7 13 DÉC. 2024 français", file("français", 7, day(2024, 12, 13, 0, 0))},
	{"-rw-r--r-- 1 u g 7 ene 13 2024 español", file("español", 7, jan)},
	{"-rw-r--r-- 1 u g 7 13 gen 2024 italiano", file("italiano", 7, jan)},
	{"-rw-r--r-- 1 u g 7 lug 13 2024 italiano", file("italiano", 7, day(2024, 7, 13, 0, 0))},
	{"-rw-r--r-- 1 u g 7 fev 13 2024 português", file("português", 7, day(2024, 2, 13, 0, 0))},
	{"-rw-r--r-- 1 u g 7 13 out 2024 português", file("português", 7, day(2024, 10, 13, 0, 0))},
	{"-rw-r--r-- 1 u g 7 mrt 13 2024 nederlands", file("nederlands", 7, mar)},
	{"-rw-r--r-- 1 u g 7 13 maj 2024 svenska", file("svenska", 7, day(2024, 5, 13, 0, 0))},
	{"-rw-r--r-- 1 u g 7 des. 13 2024 norsk", file("norsk", 7, day(2024, 12, 13, 0, 0))},
	{"-rw-r--r-- 1 u g 7 paź 13 2024 polski", file("polski", 7, day(2024, 10, 13, 0, 0))},
	{"-rw-r--r-- 1 u g 7 13 stycznia 2024 polski", file("polski", 7, jan)},
	{"-rw-r--r-- 1 u g 7 янв 13 2024 русский", file("русский", 7, jan)},
	{"-rw-r--r-- 1 u g 7  1月 13  2024 日本語", file("日本語", 7, jan)},
	{"-rw-r--r-- 1 u g 7  1月 13 09:30 中文", file("中文", 7, day(2026, 1, 13, 9, 30))},
	{"-rw-r--r-- 1 u g 7  1月 13日  2024年 日本語", file("日本語", 7, jan)},
	{"-rw-r--r-- 1 u g 7 2024年 1月 13日 日本語", file("日本語", 7, jan)},
	{"-rw-r--r-- 1 u g 7 2024年1月13日 日本語", file("日本語", 7, jan)},
	{"-rw-r--r-- 1 u g 7  1월 13  2024 한국어", file("한국어", 7, jan)},
	// names that look like something else
	{"-rw-r--r-- 1 u g 7 Nov 3 2025  lead", file(" lead", 7, nov3)},
	{"-rw-r--r-- 1 u g 7 13. Jan 2024   lead", file("  lead", 7, jan)},
	{"-rw-r--r-- 1 u g 7 Nov 3 2025 12 Nov 3 2025 x", file("12 Nov 3 2025 x", 7, nov3)},
	{"-rw-r--r-- 1 u g 7 Nov 3 2025 2025-11-03 10:11 x", file("2025-11-03 10:11 x", 7, nov3)},
	{"-rw-r--r-- 1 u g 7 Nov 3 2025 10:11", file("10:11", 7, nov3)},
	{"-rw-r--r-- 1 u g 7 13. Jan 2024 09:30 2024", file("09:30 2024", 7, jan)},
	{"-rw-r--r-- 1 u g 7 Nov 3 2025 a -> b", file("a -> b", 7, nov3)},
	{"drwxr-xr-x 1 u g 7 Nov 3 2025 a -> b", folder("a -> b", nov3)},
	{"-rw-r--r-- 1 u g 7 Nov 3 2025 trail ", file("trail ", 7, nov3)},
	{"-rw-r--r-- 1 u g 7 Nov 3 2025 tab\tand \x1b[2J", file("tab\tand \x1b[2J", 7, nov3)},
	// links and devices
	{"lrwxrwxrwx 1 u g 7 Nov 3 2025 link -> /etc/passwd", link("link", nov3)},
	{"lrwxrwxrwx 1 u g 7 Nov 3 2025 no target", link("no target", nov3)},
	{"crw-rw-rw- 1 root root 1, 3 Nov 3 2025 null", other("null", nov3)},
	{"crw-rw-rw- 1 root root 1,3 Nov 3 2025 null", other("null", nov3)},
	{"srwxrwxrwx 1 u g 0 Nov 3 2025 sock", other("sock", nov3)},
	// IIS, and others in the style of DOS
	{"11-03-25  02:33PM       <DIR>          two words", folder("two words", day(2025, 11, 3, 14, 33))},
	{"11-03-25  02:33PM       <DIR>           lead", folder(" lead", day(2025, 11, 3, 14, 33))},
	{"11-03-25  02:33PM       <DIR> narrow", folder("narrow", day(2025, 11, 3, 14, 33))},
	{"11-03-2025  14:33             14336 disk.vmdk", file("disk.vmdk", 14336, day(2025, 11, 3, 14, 33))},
	{"11-03-2025  14:33             14336  lead", file(" lead", 14336, day(2025, 11, 3, 14, 33))},
	{"11/03/2025  14:33             14336 12 x", file("12 x", 14336, day(2025, 11, 3, 14, 33))},
	{"2025-11-03  14:33             14336 disk.vmdk", file("disk.vmdk", 14336, day(2025, 11, 3, 14, 33))},
	{"13-01-2024  14:33             14336 day first", file("day first", 14336, day(2024, 1, 13, 14, 33))},
	{"13/01/24  02:33PM             14336 day first", file("day first", 14336, day(2024, 1, 13, 14, 33))},
	{"03.11.2025  14:33             14336 day first", file("day first", 14336, day(2025, 11, 3, 14, 33))},
	{"11-03-25  02:33PM       <JUNCTION>     j [C:\\x]", link("j", day(2025, 11, 3, 14, 33))},
	{"11-03-25  02:33PM       <SYMLINKD>     j [C:\\x]", link("j", day(2025, 11, 3, 14, 33))},
	// EPLF
	{"+i8388621.48594,m825718503,r,s280,\tdjb.html", file("djb.html", 280, time.Unix(825718503, 0).UTC())},
	{"+i8388621.29609,m824255902,/,\t dev", folder(" dev", time.Unix(824255902, 0).UTC())},
	{"+up644,r,s0,\ta, b", file("a, b", 0, time.Time{})},
}

func TestLIST_understandsWhatServersWrite(t *testing.T) {
	for _, c := range corpus {
		got, err := listing.LIST(c.line, now)
		if err != nil || got != c.want {
			t.Errorf("%q\n got %+v, %v\nwant %+v", c.line, got, err, c.want)
		}
	}
}

func TestLIST_refusesWhatItWouldHaveToGuess(t *testing.T) {
	for _, line := range []string{
		"hello", " ", "-rw-r--r--", "-rw-r--r-- 1 u g 7", "-rw-r--r-- 1 u g 7 Nov 3 2025",
		"-rw-r--r-- 1 u g -7 Nov 3 2025 f", "-rw-r--r-- 1 u g 99999999999999999999 Nov 3 2025 f", "-rw-r--r-- 7 Nov 3 2025 f",
		"-rw-r--r-- 1 u g 1,3 Nov 3 2025 f",
		// a date that is none must not make a part of the name one
		"-rw-r--r-- 1 u g 7 Okx 3 2025 12 Nov 3 2025 f", "-rw-r--r-- 1 u g 7 3. Okx 10:11 12 Nov 3 2025 f",
		"-rw-r--r-- 1 u g 7 Xyz 3th 10:11 12 Nov 3 2025 f", "-rw-r--r-- 1 u g 7 2025-13-03 10:11 12 Nov 3 2025 f",
		"-rw-r--r-- 1 u g 7 2024年 13月 13日 f", "-rw-r--r-- 1 u g 7 13月 3 2024 f", "-rw-r--r-- 1 u g 7 2024年 1月 13日 09:30 f",
		// ls --time-style=iso: the blank behind the day may be the name's
		"-rw-r--r-- 1 u g 7 2025-11-03  f", "-rw-r--r-- 1 u g 7 11-03 10:11 f",
		// Czech and Croatian mean different months
		"-rw-r--r-- 1 u g 7 srp 3 2025 f",
		"lrwxrwxrwx 1 u g 7 Nov 3 2025 a -> b -> c", "11-03-25  02:33PM       <SYMLINK>      j [x] [C:\\x]",
		"13-25-2025  14:33             14336 f", "11-03-25  02:33PM       <WHAT>         f", "11-03-25  02:33PM       14336",
		"+i8388621.48594,m825718503,s280,\tneither file nor folder", "+r,m1,\tno size", "+r,s7 no tab", "+r,s7,mx,\tf",
		// NetWare, VMS, AS/400, MVS
		"d [RWCEAFMS] supervisor            512       Jan 16 18:53    login", "CII-MANUAL.TEX;1  213/216  29-JAN-1996 03:33:12  [ANONYMOU,ANONYMOUS]   (RWED,RWED,,)",
		"QSYS            77824 02/23/00 15:09:55 *DIR      QPGMR1.LIB/", "WYOSPT 3390   2003/05/21  1  200  FB      80  8053  PS  48-MVS.FILE",
	} {
		if got, err := listing.LIST(line, now); err == nil {
			t.Errorf("%q\n got %+v", line, got)
		}
	}
}

func TestParse_passesOverTheTotalOfAnyLanguage(t *testing.T) {
	for _, total := range []string{"total 12", "insgesamt 12", "合計 12", "razem 0"} {
		files, err := listing.Parse([]byte(total+"\r\n"+corpus[0].line+"\r\n"), func(line string) (providers.File, error) { return listing.LIST(line, now) })
		if err != nil || len(files) != 1 {
			t.Errorf("%s: %+v, %v", total, files, err)
		}
	}
}
