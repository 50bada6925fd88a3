package asterisk

import (
	"strconv"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

var (
	readStrip  = cluster.LazyRegexp(`^ROUTE_NUMBER=\$\{EXTEN:(\d+)\}$`)
	readGosub  = cluster.LazyRegexp(`^route_([A-Za-z0-9_]+),1$`)
	readLimit  = cluster.LazyRegexp(`^\$\[\$\{GROUP_COUNT\([A-Za-z0-9_]+\)\} > (\d+)\]`)
	readCaller = cluster.LazyRegexp(`^CALLERID\(num\)=(\+?\d+)$`)
	readNumber = cluster.LazyRegexp(`^([0-9*#+]*)\$\{ROUTE_NUMBER(?::(\d+))?\}$`)
)

// ReadDial parses a dialplan that [Dial.Dialplan] wrote, so that an import has the
// declaration of the route. A route that keeps part of its prefix is returned with the
// whole prefix stripped and the part prepended, which dials the same. It returns false
// for every other dialplan.
func ReadDial(protocol, text string) (Dial, bool) {
	if dial, ok := declared(text); ok {
		return dial, dial.Protocol == protocol && len(dial.Violations()) == 0 && cluster.EquivalentText(dial.Dialplan(), text)
	}
	dial := Dial{Protocol: protocol}
	body := ""
	for _, statement := range dialplanStatements(text) {
		arguments := statement.Arguments
		switch entry := strings.HasPrefix(statement.Extension, "_"); {
		case entry && statement.Application == "Set" && readStrip().MatchString(arguments):
			body = statement.Extension[1:]
			length, err := strconv.Atoi(readStrip().FindStringSubmatch(arguments)[1])
			if err != nil || length > len(body) {
				return Dial{}, false
			}
			dial.Prefix, dial.Pattern = body[:length], body[length:]
		case entry && statement.Application == "Gosub" && readGosub().MatchString(arguments):
			route := readGosub().FindStringSubmatch(arguments)[1]
			if dial.Route == "" {
				dial.Route = route
			} else {
				dial.Failover = append(dial.Failover, route)
			}
		case !entry && statement.Application == "GotoIf" && readLimit().MatchString(arguments):
			dial.MaxChannels, _ = strconv.Atoi(readLimit().FindStringSubmatch(arguments)[1])
		case !entry && statement.Application == "Set" && readCaller().MatchString(arguments):
			dial.CallerID = readCaller().FindStringSubmatch(arguments)[1]
		case !entry && statement.Application == "Dial":
			if !dial.readDestination(arguments) {
				return Dial{}, false
			}
		}
	}
	if body == "" || len(dial.Violations()) > 0 {
		return dial, false
	}
	if cluster.EquivalentText(dial.Dialplan(), text) {
		return dial, true
	}
	bare := dial
	bare.NoComments = true
	return dial, cluster.EquivalentText(bare.Dialplan(), text)
}

func (d *Dial) readDestination(arguments string) bool {
	parts := strings.SplitN(arguments, ",", 3)
	if len(parts) != 3 {
		return false
	}
	if parts[1] != "" {
		ring, err := strconv.Atoi(parts[1])
		if err != nil {
			return false
		}
		d.Timeout = ring
	}
	d.Options = parts[2]
	_, rest, _ := strings.Cut(parts[0], "/")
	number, found := "", false
	if strings.HasPrefix(d.Protocol, "PJSIP") {
		number, d.Endpoint, found = strings.Cut(rest, "@")
	} else {
		d.Endpoint, number, found = strings.Cut(rest, "/")
	}
	form := readNumber().FindStringSubmatch(number)
	if !found || form == nil {
		return false
	}
	d.Prepend, d.Strip = form[1], len(d.Prefix)
	if form[2] != "" {
		more, err := strconv.Atoi(form[2])
		d.Strip += more
		return err == nil
	}
	return true
}
