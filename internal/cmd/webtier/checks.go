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

// check runs the checks that need no workload.
func (s *stack) check(ctx context.Context, mode mode) ([]result, error) {
	results := s.checkPages(ctx)
	tests := []func(context.Context) (result, error){
		s.checkOnce, s.checkLinks, s.checkSlash, s.checkRedirect, s.checkForgedAddress, s.checkForwardedAddress, s.checkSharedConnection, s.checkUploads, s.checkReportImages, s.checkBigUpload, s.checkUploadLost, s.checkLogins, s.checkURLPasswords, s.adminErrors,
		s.checkSharedAddress, s.checkUpgrade, s.checkTrace, s.checkFragment, s.checkOldTLS, s.checkStrictTransport, s.checkSoundboard, s.checkIPv6Host, s.checkWebSocket, s.checkRecordings, s.checkSlowClients,
	}
	if mode != shortMode {
		tests = append(tests, s.checkNodeTLS, s.checkFrontTLS)
	}
	if mode == longMode {
		tests = append(tests, s.checkShiftStart) // first, since its reload closes connections of nginx's old workers
		tests = append([]func(context.Context) (result, error){s.checkReportTimeout}, tests...)
	}
	for _, test := range tests {
		found, err := test(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", found.name, err)
		}
		results = append(results, found)
	}
	return results, nil
}

// checkPages checks which client may request which page.
func (s *stack) checkPages(ctx context.Context) []result {
	audio := "/" + soundsDirectory + "/hello.wav"
	var results []result
	for _, page := range []struct {
		name, from, path string
		status           int
		body             string
	}{
		{"agent polls", agentAddress, "/agc/conf_exten_check.php", 200, "Logged-in"},
		{"agent opens welcome.php", agentAddress, "/vicidial/welcome.php", 200, "agc/vicidial.php"},
		{"agent gets the logo of the login page", agentAddress, "/vicidial/images/logo.png", 200, ""},
		{"/ redirects to welcome.php", agentAddress, "/", 302, ""},
		{"manager opens the admin pages", managerAddress, "/vicidial/admin.php", 200, "URL"},
		{"remote agent opens vdremote.php", agentAddress, "/vicidial/vdremote.php", 200, "REMOTE AGENT"},
		{"remote agent opens remote_dispo.php", agentAddress, "/vicidial/remote_dispo.php", 200, "REMOTE AGENT"},
		{"closer opens closer_popup.php", agentAddress, "/vicidial/closer_popup.php", 200, "REMOTE AGENT"},
		{"agent opens hci_screen.php", agentAddress, "/vicidial/hci_screen.php", 200, "REMOTE AGENT"},
		{"agent is refused the admin pages", agentAddress, "/vicidial/admin.php", 403, ""},
		{"double slashes are refused", agentAddress, "//vicidial//admin.php", 403, ""},
		{"encoded slash is refused", agentAddress, "/agc/..%2fvicidial/admin.php", 40, ""},
		{"encoded .. is refused", agentAddress, "/agc/%2e%2e/vicidial/admin.php", 40, ""},
		{"encoded letter is refused", agentAddress, "/%76icidial/admin.php", 403, ""},
		{"path info with an image extension is refused", agentAddress, "/vicidial/admin.php/x.png", 404, ""},
		{"agent is refused the reports", agentAddress, "/VERM/VERM_main_report_page.php", 403, ""},
		{"customer opens the chat", agentAddress, "/chat_customer/index.php", 200, "CHAT"},
		{"cluster calls the agent API", clusterAddress, "/agc/api.php?id=check1&pass=" + secret, 200, "DONE check1"},
		{"manager calls the non-agent API", managerAddress, "/vicidial/non_agent_api.php?id=check2", 200, "DONE check2"},
		{"agent is refused the agent API", agentAddress, "/agc/api.php?id=check3", 403, ""},
		{"agent is refused the non-agent API", agentAddress, "/vicidial/non_agent_api.php?id=check4", 403, ""},
		{"agent API with path info is refused", agentAddress, "/agc/api.php/x?id=check5", 404, ""},
		{"cluster opens the audio store", clusterAddress, "/vicidial/audio_store.php?action=LIST", 200, "AUDIO"},
		{"cluster gets files of the audio store", clusterAddress, audio, 200, "plain"},
		{"agent is refused the audio store", agentAddress, "/vicidial/audio_store.php?action=LIST&audio_server_ip=127.0.0.1", 403, ""},
		{"agent is refused files of the audio store", agentAddress, audio, 403, ""},
		{"Perl source is not served", managerAddress, "/vicidial/bp.pl", 404, ""},
		{"include file is not served", agentAddress, "/agc/functions.inc", 404, ""},
		{"log of logins is not served", managerAddress, "/vicidial/project_auth_entries.txt", 404, ""},
		{"hidden file is not served", managerAddress, "/vicidial/.htpasswd", 404, ""},
		{"other application is not served", managerAddress, "/phpmyadmin/", 404, ""},
		{"health page of the proxy", agentAddress, "/lb-health", 200, "ok"},
	} {
		status, body, _, err := fetch(ctx, s.browser(page.from), http.MethodGet, s.url(page.path), "", nil)
		f := result{name: page.name}
		switch {
		case err != nil:
			f.failure = err.Error()
		case page.status < 100 && status/10 != page.status, page.status >= 100 && status != page.status:
			f.failure = fmt.Sprintf("%s gave %d, not %d", page.path, status, page.status)
		case !strings.Contains(body, page.body):
			f.failure = fmt.Sprintf("%s gave %q", page.path, body)
		}
		results = append(results, f)
	}
	return results
}

// checkLinks checks the scheme of links. VICIdial derives it from the port that
// Apache reads from the Host header.
func (s *stack) checkLinks(ctx context.Context) (result, error) {
	f := result{name: "VICIdial writes https links with the public name and port"}
	_, body, _, err := fetch(ctx, s.browser(managerAddress), http.MethodGet, s.url("/vicidial/admin.php"), "", nil)
	if want := "URL " + s.url("") + " FROM " + managerAddress + " HTTPS on"; !strings.Contains(body, want) {
		f.failure = fmt.Sprintf("%q, not %q", body, want)
	}
	return f, err
}

// checkSlash checks that a redirect of Apache, which adds a slash to
// http://name:443, is rewritten.
func (s *stack) checkSlash(ctx context.Context) (result, error) {
	f := result{name: "redirects of Apache keep https"}
	_, _, header, err := fetch(ctx, s.browser(agentAddress), http.MethodGet, s.url("/agc"), "", nil)
	if got, want := header.Get("Location"), s.url("/agc/"); got != want {
		f.failure = fmt.Sprintf("%q, not %q", got, want)
	}
	return f, err
}

func (s *stack) checkRedirect(ctx context.Context) (result, error) {
	f := result{name: "HTTP redirects to https and keeps the method"}
	for _, name := range []string{hostname, "other.example.com"} { // other names are kept
		plain := fmt.Sprintf("http://%s:%d/agc/vicidial.php?x=1", name, s.tier.Listen.HTTPPort)
		status, _, header, err := fetch(ctx, s.browser(agentAddress), http.MethodPost, plain, "", nil)
		if err != nil {
			return f, err
		}
		want := fmt.Sprintf("https://%s:%d/agc/vicidial.php?x=1", name, s.tier.Listen.HTTPSPort)
		if got := header.Get("Location"); status != http.StatusPermanentRedirect || got != want {
			f.failure = fmt.Sprintf("%d to %q, not 308 to %q", status, got, want)
		}
	}
	return f, nil
}

// checkForgedAddress checks that an address in a client's header does not reach a
// node.
func (s *stack) checkForgedAddress(ctx context.Context) (result, error) {
	f := result{name: "X-Forwarded-For of a client is discarded"}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url("/vicidial/admin.php"), nil)
	if err != nil {
		return f, err
	}
	request.Header.Set("X-Forwarded-For", "198.51.100.9")
	_, body, _, err := send(s.browser(managerAddress), request)
	if !strings.Contains(body, "FROM "+managerAddress+" ") {
		f.failure = body
	}
	return f, err
}

// checkLogins checks the limit of logins, since many wrong passwords lock users
// out.
func (s *stack) checkLogins(ctx context.Context) (result, error) {
	f, err := s.loginUntilRefused(ctx, "login 61 in a minute is refused, polls are not", agentAddress, http.MethodPost, "/agc/vicidial.php")
	if err != nil || f.failure != "" {
		return f, err
	}
	status, _, _, err := fetch(ctx, s.browser(agentAddress), http.MethodGet, s.url("/agc/conf_exten_check.php"), "", nil)
	if status != http.StatusOK {
		f.failure = fmt.Sprintf("a poll gave %d", status)
	}
	return f, err
}

// checkURLPasswords checks that passwords in URLs count, since VICIdial accepts
// them.
func (s *stack) checkURLPasswords(ctx context.Context) (result, error) {
	return s.loginUntilRefused(ctx, "password in the URL counts as a login", urlPasswordAddress, http.MethodGet, "/agc/vicidial.php?VD_login=6666&VD_pass="+secret)
}

// loginUntilRefused logs in until the proxy refuses.
func (s *stack) loginUntilRefused(ctx context.Context, name, from, method, page string) (result, error) {
	f := result{name: name}
	browser := s.browser(from)
	begin := time.Now()
	for i := 0; ; i++ {
		status, _, _, err := fetch(ctx, browser, method, s.url(page), "application/x-www-form-urlencoded", strings.NewReader("user=6666&pass="+secret))
		if err != nil {
			return f, err
		}
		// The proxy allows one more login each second.
		atMost := loginsPerMinute + int(time.Since(begin).Seconds())*loginsPerMinute/60 + 1
		switch {
		case status == http.StatusTooManyRequests && i >= loginsPerMinute:
			return f, nil
		case status != http.StatusOK, i > atMost:
			f.failure = fmt.Sprintf("login %d gave %d", i+1, status)
			return f, nil
		}
	}
}

// adminErrors checks the limit of 4xx responses of the admin pages, which HAProxy
// has.
func (s *stack) adminErrors(ctx context.Context) (result, error) {
	f := result{name: "client with more than 30 errors of admin pages is refused"}
	if s.kind != "haproxy" {
		f.name = "nginx does not count errors of admin pages, as documented"
	}
	browser := s.browser(wrongPasswordAddress)
	last := 0
	for range adminErrorsAllowed + 2 {
		status, _, _, err := fetch(ctx, browser, http.MethodGet, s.url("/vicidial/admin.php?fail=1"), "", nil)
		if err != nil {
			return f, err
		}
		last = status
	}
	if want := map[string]int{"haproxy": http.StatusTooManyRequests, "nginx": http.StatusUnauthorized}[s.kind]; last != want {
		f.failure = fmt.Sprintf("status %d, not %d", last, want)
	}
	return f, nil
}

// checkReportTimeout checks that a report has a longer timeout than a page of an
// agent.
func (s *stack) checkReportTimeout(ctx context.Context) (result, error) {
	f := result{name: "report takes longer than the timeout of agents"}
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
		f.failure = fmt.Sprintf("%d %s", status, body)
	}
	return f, s.reload(ctx, s.tier)
}

// checkSharedAddress checks that agents are not refused for the wrong passwords of
// a manager at the same address.
func (s *stack) checkSharedAddress(ctx context.Context) (result, error) {
	f := result{name: "agents at the address of a refused manager are accepted"}
	browser := s.browser(wrongPasswordAddress)
	for _, page := range []string{"/vicidial/welcome.php", "/vicidial/images/logo.png"} {
		status, _, _, err := fetch(ctx, browser, http.MethodGet, s.url(page), "", nil)
		if err != nil {
			return f, err
		}
		if status != http.StatusOK {
			f.failure = fmt.Sprintf("%s gave %d", page, status)
		}
	}
	return f, nil
}

// checkLogs checks that no log of the proxy has a password. It first causes a
// failure, which nginx logs with the request line.
func (s *stack) checkLogs(ctx context.Context) (result, error) {
	f := result{name: "no password is in any log"}
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
			f.failure = name + " has a password"
		}
	}
	if polls < agents {
		f.failure = fmt.Sprintf("the logs have %d polls only", polls)
	}
	return f, err
}
