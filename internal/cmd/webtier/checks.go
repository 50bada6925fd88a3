package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// check asks single questions of a quiet tier; the long form waits for a report.
func (s *stack) check(ctx context.Context, much length) ([]finding, error) {
	findings := s.pages(ctx)
	tests := []func(context.Context) (finding, error){
		s.once, s.links, s.slash, s.redirect, s.forged, s.fronted, s.keptApart, s.uploads, s.drawings, s.bigUpload, s.uploadLost, s.logins, s.guesses, s.failures,
		s.welcomed, s.upgrade, s.trace, s.fragment, s.oldTLS, s.strict, s.soundboard, s.literal, s.socket, s.recordings, s.slowClients,
	}
	if much != brief {
		tests = append(tests, s.nodeTLS, s.frontTLS)
	}
	if much == full {
		tests = append(tests, s.shift) // first, since it reloads: nginx's old workers close what they took
		tests = append([]func(context.Context) (finding, error){s.report}, tests...)
	}
	for _, test := range tests {
		found, err := test(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", found.claim, err)
		}
		findings = append(findings, found)
	}
	return findings, nil
}

// pages are who may have what.
func (s *stack) pages(ctx context.Context) []finding {
	audio := "/" + soundsDirectory + "/hello.wav"
	var findings []finding
	for _, page := range []struct {
		claim, from, path string
		status            int
		body              string
	}{
		{"an agent polls", agentAddress, "/agc/conf_exten_check.php", 200, "Logged-in"},
		{"an agent starts at welcome.php", agentAddress, "/vicidial/welcome.php", 200, "agc/vicidial.php"},
		{"an agent's login page has its logo", agentAddress, "/vicidial/images/logo.png", 200, ""},
		{"the root goes to welcome.php", agentAddress, "/", 302, ""},
		{"a manager reaches the admin pages", managerAddress, "/vicidial/admin.php", 200, "URL"},
		{"a remote agent reaches the screen that lies there", agentAddress, "/vicidial/vdremote.php", 200, "REMOTE AGENT"},
		{"and what it links to", agentAddress, "/vicidial/remote_dispo.php", 200, "REMOTE AGENT"},
		{"a closer's calls pop up", agentAddress, "/vicidial/closer_popup.php", 200, "REMOTE AGENT"},
		{"an agent reaches the other screen of welcome.php", agentAddress, "/vicidial/hci_screen.php", 200, "REMOTE AGENT"},
		{"nobody else does", agentAddress, "/vicidial/admin.php", 403, ""},
		{"nor by a doubled slash", agentAddress, "//vicidial//admin.php", 403, ""},
		{"nor by a path that climbs", agentAddress, "/agc/..%2fvicidial/admin.php", 40, ""},
		{"nor by an encoded climb", agentAddress, "/agc/%2e%2e/vicidial/admin.php", 40, ""},
		{"nor by an encoded letter", agentAddress, "/%76icidial/admin.php", 403, ""},
		{"nor by a path that ends like a picture", agentAddress, "/vicidial/admin.php/x.png", 404, ""},
		{"nor the reports", agentAddress, "/VERM/VERM_main_report_page.php", 403, ""},
		{"a customer chats", agentAddress, "/chat_customer/index.php", 200, "CHAT"},
		{"the cluster calls the API", clusterAddress, "/agc/api.php?id=check1&pass=" + secret, 200, "DONE check1"},
		{"a manager calls the API", managerAddress, "/vicidial/non_agent_api.php?id=check2", 200, "DONE check2"},
		{"nobody else calls the agents' API", agentAddress, "/agc/api.php?id=check3", 403, ""},
		{"nobody else calls the other API", agentAddress, "/vicidial/non_agent_api.php?id=check4", 403, ""},
		{"nor with path info", agentAddress, "/agc/api.php/x?id=check5", 404, ""},
		{"the audio store answers the cluster under its own name", clusterAddress, "/vicidial/audio_store.php?action=LIST", 200, "AUDIO"},
		{"its files too", clusterAddress, audio, 200, "plain"},
		{"the audio store is closed to others", agentAddress, "/vicidial/audio_store.php?action=LIST&audio_server_ip=127.0.0.1", 403, ""},
		{"and its files", agentAddress, audio, 403, ""},
		{"a Perl source is not served", managerAddress, "/vicidial/bp.pl", 404, ""},
		{"an include is not served", agentAddress, "/agc/functions.inc", 404, ""},
		{"a log of logins is not served", managerAddress, "/vicidial/project_auth_entries.txt", 404, ""},
		{"a hidden file is not served", managerAddress, "/vicidial/.htpasswd", 404, ""},
		{"what is not VICIdial's is not served", managerAddress, "/phpmyadmin/", 404, ""},
		{"the balancer's own health page", agentAddress, "/lb-health", 200, "ok"},
	} {
		status, body, _, err := fetch(ctx, s.browser(page.from), http.MethodGet, s.url(page.path), "", nil)
		f := finding{claim: page.claim}
		switch {
		case err != nil:
			f.wrong = err.Error()
		case page.status < 100 && status/10 != page.status, page.status >= 100 && status != page.status:
			f.wrong = fmt.Sprintf("%s gave %d, not %d", page.path, status, page.status)
		case !strings.Contains(body, page.body):
			f.wrong = fmt.Sprintf("%s gave %q", page.path, body)
		}
		findings = append(findings, f)
	}
	return findings
}

// links: VICIdial tells https from http by the port that Apache takes from Host.
func (s *stack) links(ctx context.Context) (finding, error) {
	f := finding{claim: "VICIdial writes https links with the public name and port"}
	_, body, _, err := fetch(ctx, s.browser(managerAddress), http.MethodGet, s.url("/vicidial/admin.php"), "", nil)
	if want := "URL " + s.url("") + " FROM " + managerAddress + " HTTPS on"; !strings.Contains(body, want) {
		f.wrong = fmt.Sprintf("%q, not %q", body, want)
	}
	return f, err
}

// slash: Apache redirects to http://name:443/ when it adds one.
func (s *stack) slash(ctx context.Context) (finding, error) {
	f := finding{claim: "Apache's own redirects stay on https"}
	_, _, header, err := fetch(ctx, s.browser(agentAddress), http.MethodGet, s.url("/agc"), "", nil)
	if got, want := header.Get("Location"), s.url("/agc/"); got != want {
		f.wrong = fmt.Sprintf("%q, not %q", got, want)
	}
	return f, err
}

func (s *stack) redirect(ctx context.Context) (finding, error) {
	f := finding{claim: "plain HTTP is sent to https, method and all"}
	for _, name := range []string{hostname, "other.example.com"} { // names besides the first stay what they are
		plain := fmt.Sprintf("http://%s:%d/agc/vicidial.php?x=1", name, s.tier.Listen.HTTPPort)
		status, _, header, err := fetch(ctx, s.browser(agentAddress), http.MethodPost, plain, "", nil)
		if err != nil {
			return f, err
		}
		want := fmt.Sprintf("https://%s:%d/agc/vicidial.php?x=1", name, s.tier.Listen.HTTPSPort)
		if got := header.Get("Location"); status != http.StatusPermanentRedirect || got != want {
			f.wrong = fmt.Sprintf("%d to %q, not 308 to %q", status, got, want)
		}
	}
	return f, nil
}

// forged: what the client says of its own address must not reach a node.
func (s *stack) forged(ctx context.Context) (finding, error) {
	f := finding{claim: "a forged X-Forwarded-For is thrown away"}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url("/vicidial/admin.php"), nil)
	if err != nil {
		return f, err
	}
	request.Header.Set("X-Forwarded-For", "198.51.100.9")
	_, body, _, err := send(s.browser(managerAddress), request)
	if !strings.Contains(body, "FROM "+managerAddress+" ") {
		f.wrong = body
	}
	return f, err
}

// logins: a flood of passwords would lock users out, so it is stopped before.
func (s *stack) logins(ctx context.Context) (finding, error) {
	f, err := s.tries(ctx, "the 61st login in a minute is refused, and polls are not", agentAddress, http.MethodPost, "/agc/vicidial.php")
	if err != nil || f.wrong != "" {
		return f, err
	}
	status, _, _, err := fetch(ctx, s.browser(agentAddress), http.MethodGet, s.url("/agc/conf_exten_check.php"), "", nil)
	if status != http.StatusOK {
		f.wrong = fmt.Sprintf("a poll gave %d", status)
	}
	return f, err
}

// guesses: VICIdial takes a password from the URL as well as from a form.
func (s *stack) guesses(ctx context.Context) (finding, error) {
	return s.tries(ctx, "a password in the URL of a login counts as one", guesserAddress, http.MethodGet, "/agc/vicidial.php?VD_login=6666&VD_pass="+secret)
}

// tries logs in once more often than is allowed.
func (s *stack) tries(ctx context.Context, claim, from, method, page string) (finding, error) {
	f := finding{claim: claim}
	browser := s.browser(from)
	begin := time.Now()
	for i := 0; ; i++ {
		status, _, _, err := fetch(ctx, browser, method, s.url(page), "application/x-www-form-urlencoded", strings.NewReader("user=6666&pass="+secret))
		if err != nil {
			return f, err
		}
		// The allowance is refilled all the time, one a second here.
		most := loginsPerMinute + int(time.Since(begin).Seconds())*loginsPerMinute/60 + 1
		switch {
		case status == http.StatusTooManyRequests && i >= loginsPerMinute:
			return f, nil
		case status != http.StatusOK, i > most:
			f.wrong = fmt.Sprintf("login %d gave %d", i+1, status)
			return f, nil
		}
	}
}

// failures: HAProxy counts 4xx answers of the admin pages.
func (s *stack) failures(ctx context.Context) (finding, error) {
	f := finding{claim: "who draws more than 30 errors from the admin pages is refused"}
	if s.kind != "haproxy" {
		f.claim = "admin errors are not counted by nginx, as documented"
	}
	browser := s.browser(intruderAddress)
	last := 0
	for range failuresAllowed + 2 {
		status, _, _, err := fetch(ctx, browser, http.MethodGet, s.url("/vicidial/admin.php?fail=1"), "", nil)
		if err != nil {
			return f, err
		}
		last = status
	}
	if want := map[string]int{"haproxy": http.StatusTooManyRequests, "nginx": http.StatusUnauthorized}[s.kind]; last != want {
		f.wrong = fmt.Sprintf("status %d, not %d", last, want)
	}
	return f, nil
}

// report: a manager waits longer for a report than any agent for an answer.
func (s *stack) report(ctx context.Context) (finding, error) {
	f := finding{claim: "a report may take longer than an agent's answer"}
	tier := s.tier
	tier.Timeouts.Agent, tier.Timeouts.Admin = time.Second, 10*time.Second
	if err := s.reload(ctx, tier); err != nil {
		return f, err
	}
	status, body, _, err := fetch(ctx, s.browser(managerAddress), http.MethodGet, s.url("/vicidial/AST_slow_report.php?seconds=8"), "", nil)
	if err != nil {
		return f, err
	}
	if status != http.StatusOK || !strings.Contains(body, "REPORT") {
		f.wrong = fmt.Sprintf("%d %s", status, body)
	}
	return f, s.reload(ctx, s.tier)
}

// welcomed: agents share an office's address with a manager who has forgotten
// the password.
func (s *stack) welcomed(ctx context.Context) (finding, error) {
	f := finding{claim: "agents at the same address start all the same"}
	browser := s.browser(intruderAddress)
	for _, page := range []string{"/vicidial/welcome.php", "/vicidial/images/logo.png"} {
		status, _, _, err := fetch(ctx, browser, http.MethodGet, s.url(page), "", nil)
		if err != nil {
			return f, err
		}
		if status != http.StatusOK {
			f.wrong = fmt.Sprintf("%s gave %d", page, status)
		}
	}
	return f, nil
}

// passwordsLogged reads what the proxy has written, after it could not do
// something: what fails is logged with the whole request line.
func (s *stack) passwordsLogged(ctx context.Context) (finding, error) {
	f := finding{claim: "no password is in any log"}
	if err := os.RemoveAll(filepath.Join(s.folder, "client_body")); err != nil {
		return f, err
	}
	form := strings.NewReader(strings.Repeat("comments=long&", 1<<16))
	if _, _, _, err := fetch(ctx, s.browser(agentAddress), http.MethodPost, s.url("/agc/vdc_db_query.php?pass="+secret), "application/x-www-form-urlencoded", form); err != nil {
		return f, err
	}
	if err := s.proxy.Stop(); err != nil {
		return f, err
	}
	logs, err := s.proxy.Logs()
	polls := 0
	for name, text := range logs {
		polls += strings.Count(text, "/agc/conf_exten_check.php")
		if strings.Contains(text, secret) || strings.Contains(text, "pass=") {
			f.wrong = name + " holds one"
		}
	}
	if polls < agents {
		f.wrong = fmt.Sprintf("the logs hold %d polls only", polls)
	}
	return f, err
}
