package listing

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// months are the words that ls writes, by month, in small letters: English,
// German, French, Spanish, Italian, Portuguese, Dutch, Danish, Norwegian,
// Swedish, Finnish, Polish, Catalan, Romanian, Turkish and Russian. No word is
// in two of the lists. Czech and Croatian are left out: their "srp" and "lis"
// are different months.
var months = indexMonths([...]string{
	"jan january januar jän jänner janv janvier ene enero gen gennaio gener janeiro januari sty stycznia tammi ian oca янв",
	"feb february februar fév févr février febrero febbraio fev fevereiro februari lut lutego helmi febr şub фев",
	"mar march mär mrz märz mars marzo março mrt maart marts marca maalis març мар",
	"apr april avr avril abr abril aprile kwi kwietnia huhti nis апр",
	"may mai mayo mag maggio maio mei maj maja touko maig май мая",
	"jun june juni juin junio giu giugno junho cze czerwca kesä juny iun haz июн",
	"jul july juli juil juillet julio lug luglio julho lip lipca heinä iul tem июл",
	"aug august août aoû ago agosto augustus augusti sie sierpnia elo ag ağu авг",
	"sep september sept septembre septiembre set settembre setembro wrz września syys eyl сен",
	"oct october okt oktober octobre octubre ott ottobre out outubro paź października loka eki окт",
	"nov november novembre noviembre novembro lis listopada marras kas ноя",
	"dec december dez dezember déc décembre dic diciembre dicembre dezembro des gru grudnia joulu ara дек",
})

func indexMonths(lists [12]string) map[string]time.Month {
	index := make(map[string]time.Month)
	for i, words := range lists {
		for word := range strings.FieldsSeq(words) {
			index[word] = time.Month(i + 1)
		}
	}
	return index
}

// monthOf is 0 for a word that is no month. Asian months are numbers. What is
// no UTF-8 is taken for Latin-1, as older servers write it.
func monthOf(word string) time.Month {
	for _, mark := range []string{"月", "월"} {
		if number, ok := strings.CutSuffix(word, mark); ok && len(number) <= 2 && isDigits(number) {
			n, _ := strconv.Atoi(number)
			if n > 12 {
				return 0
			}
			return time.Month(n)
		}
	}
	if !utf8.ValidString(word) {
		word = fromLatin1(word)
	}
	return months[strings.ToLower(strings.TrimSuffix(word, "."))]
}

func fromLatin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}
