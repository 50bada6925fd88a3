package tfhelper

import "testing"

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"no node is a database node": "No node is a database node.",
		"active_voicemail_server is \"\", which is no server's": "active_voicemail_server is \"\", which is no server's.",
		"Two lines.\n": "Two lines.\n",
	} {
		if said := sentence(text); said != want {
			t.Errorf("%q became %q", text, said)
		}
	}
}
