package page

import (
	"fmt"
	"os"
	"strings"
)

// Page is where a report is kept: a file, and the name of a section in it.
type Page struct{ file, section string }

// Parse reads FILE#SECTION.
func Parse(text string) (Page, error) {
	file, section, ok := strings.Cut(text, "#")
	if text != "" && (!ok || file == "" || section == "") {
		return Page{}, fmt.Errorf("invalid page %q: want FILE#SECTION", text)
	}
	return Page{file, section}, nil
}

// Check finds out before hours of measurements whether the report has a place.
func (p Page) Check() error {
	if p.file == "" {
		return nil
	}
	text, err := os.ReadFile(p.file)
	if err == nil {
		_, err = p.replaced(string(text), "")
	}
	return err
}

// Write puts the report between the comments of its section.
func (p Page) Write(report string) error {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return err
	}
	changed, err := p.replaced(string(text), report)
	if err != nil {
		return err
	}
	return os.WriteFile(p.file, []byte(changed), 0o644)
}

// replaced is the text of the page with another report in the section.
func (p Page) replaced(text, report string) (string, error) {
	begin, end := fmt.Sprintf("<!-- bench %s -->\n", p.section), fmt.Sprintf("<!-- end %s -->", p.section)
	before, rest, ok := strings.Cut(text, begin)
	_, after, found := strings.Cut(rest, end)
	if !ok || !found {
		return "", fmt.Errorf("%s has no section between %s and %s", p.file, strings.TrimSpace(begin), end)
	}
	return before + begin + report + end + after, nil
}
