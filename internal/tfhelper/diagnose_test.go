package tfhelper

import "testing"

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"no node is a database node": "No node is a database node.",
		"active_voicemail_server is \"\", which is no server's": "active_voicemail_server is \"\", which is no server's.",
		"dial3 (10.0.0.3) was still at work":                    "dial3 (10.0.0.3) was still at work.",
		"dialer (10.0.0.3) was still at work":                   "dialer (10.0.0.3) was still at work.",
		"dial-3 is gone":                                        "dial-3 is gone.",
		"db1:3306: connection refused":                          "db1:3306: connection refused.",
		"active: Y → N":                                         "active: Y → N.",
		"so far, so good":                                       "So far, so good.",
		"none, of 3":                                            "None, of 3.",
		"Two lines.\n":                                          "Two lines.\n",
	} {
		if said := sentence(text); said != want {
			t.Errorf("%q became %q", text, said)
		}
	}
}
