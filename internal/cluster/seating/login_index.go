package seating

import "strings"

// loginIndex finds phones by their logins, which no key of the table keeps apart.
type loginIndex struct {
	phones []Phone
	at     map[string][]int
	alike  map[string]int // phones by the form of their names
}

func (f FloorRows) byLogin() loginIndex {
	x := loginIndex{phones: f.Phones, at: make(map[string][]int, len(f.Phones)), alike: map[string]int{}}
	for i, p := range f.Phones {
		login := loginKey(p.Login)
		x.at[login] = append(x.at[login], i)
		x.alike[p.form()]++
	}
	return x
}

func loginKey(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// find returns the phone behind a login. Of several it is the one whose names are
// formed like those of the most phones: a phone that was given the login of another
// by mistake is formed like few.
func (x loginIndex) find(login string) (Phone, bool) {
	best, found := -1, false
	for _, i := range x.at[loginKey(login)] {
		if !found || x.alike[x.phones[i].form()] > x.alike[x.phones[best].form()] {
			best, found = i, true
		}
	}
	if !found {
		return Phone{}, false
	}
	return x.phones[best], true
}

// form is what phones of other seats on the server have in common with this one.
func (p Phone) form() string {
	before, number, after := splitAtNumber(strings.ToLower(p.Login))
	return strings.Join([]string{p.ServerIP, before, after, strings.ReplaceAll(strings.ToLower(p.Extension), number, placeSeat)}, "\n")
}

// Shared describes what phones of the floor share with phones that are not of it or of
// another seat: logins and mailboxes.
func (f Adopted) Shared(all FloorRows) []string {
	own, mailboxes := map[phoneKey]string{}, map[string]Phone{}
	for _, p := range f.phones {
		own[p.key()] = p.Seat
		mailboxes[strings.ToLower(p.VoicemailID)] = p
	}
	x := all.byLogin()
	var shared []string
	for _, p := range f.phones {
		for _, i := range x.at[loginKey(p.Login)] {
			if other := all.Phones[i]; other.key() != p.key() {
				shared = append(shared, "the login of "+p.title()+" is that of the phone with extension "+other.Extension+" on "+other.ServerIP+" as well: VICIdial takes whichever it meets first")
			}
		}
	}
	for _, other := range all.Phones {
		p, ok := mailboxes[strings.ToLower(other.VoicemailID)]
		if seat := own[other.key()]; ok && other.VoicemailID != "" && seat != p.Seat {
			shared = append(shared, p.title()+" has the mailbox "+p.VoicemailID+" of "+other.title()+" as well: they get each other's messages and password")
		}
	}
	return shared
}
