package wire

import "testing"

func TestControl_lastReplyTellsTheReason(t *testing.T) {
	for said, want := range map[string]string{
		"530 Login incorrect.\r\n":                                               "Login incorrect.",
		"530-Your account has expired.\r\n530 Login incorrect.\r\n":              "Your account has expired. Login incorrect.",
		"331 Password required\r\n530-why\r\n continued\r\n530-\r\n530 last\r\n": "why continued last",
		"530-1\r\n530-2\r\n530-3\r\n530-4\r\n530-5\r\n530-6\r\n530 last\r\n":     "1 2 3 4 last",
		"220-banner\r\n220 ready\r\n530 no\r\n":                                  "no",
	} {
		c := &control{}
		c.said.WriteString(said)
		if code, text := c.lastReply(); code != 530 || text != want {
			t.Errorf("%q: got %d %q, want 530 %q", said, code, text, want)
		}
	}
	c := &control{}
	c.said.WriteString("garbage\r\n")
	if code, _ := c.lastReply(); code != 0 {
		t.Errorf("garbage: got %d", code)
	}
}
