// Package status lists the folders of an FTP account by STAT: in one round trip where a
// listing takes three and a data connection.
//
//	List     a folder by STAT where the session has proven that it shows the same
//	Ahead    several folders in one round trip, where the server answers in order
//	prove    a session lists the root both ways, or shows it as another one has listed it
//
// What it never does: believe a reply that may have been cut, or that could be the one of
// a missing folder. What STAT leaves open is asked by the listings of package folder.
package status
