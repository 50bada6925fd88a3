package webtier

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
)

// pollRetryTime is how long an agent's browser waits for polls before it shows that the
// session is lost: conf_check_attempts, 3 polls of a second each.
const pollRetryTime = 3 * time.Second

// detectionTime is how long a node that hangs can stay in rotation: it hangs just
// after a check, and each failing check takes its whole time. Intervals are
// stretched by up to a twentieth, so that checks do not all come at once.
func (h Health) detectionTime() time.Duration {
	apart := h.Interval + time.Duration(h.Fall-1)*h.FastInterval
	return apart + apart/20 + time.Duration(h.Fall)*h.Timeout
}

// health checks the health check.
func (f *findings) health() {
	h := f.tier.Health
	if !checkPathPattern().MatchString(f.tier.HealthPath()) {
		f.errorf(Root("health", "path"), "%q is not a URL path", h.Path)
	}
	if f.dialect == Nginx {
		f.between(Root("health", "max_fails"), h.MaxFails, 1, 1000)
		f.checkDuration(Root("health", "fail_timeout"), h.FailTimeout, time.Second, time.Hour)
		if h.FailTimeout%time.Second != 0 {
			f.errorf(Root("health", "fail_timeout"), "%s must be a whole number of seconds, since nginx accepts no finer time here", h.FailTimeout)
		}
		return
	}
	if _, err := regexp.Compile(h.BodyRegex); err != nil || !isPrintable(h.BodyRegex) || h.BodyRegex == "" || len(h.BodyRegex) > 200 {
		f.errorf(Root("health", "body_regex"), "%q is not a regular expression of one line", h.BodyRegex)
	}
	f.checkDuration(Root("health", "interval"), h.Interval, 100*time.Millisecond, time.Minute)
	f.checkDuration(Root("health", "fast_interval"), h.FastInterval, 50*time.Millisecond, time.Minute)
	f.checkDuration(Root("health", "timeout"), h.Timeout, 50*time.Millisecond, time.Minute)
	f.between(Root("health", "rise"), h.Rise, 1, 100)
	f.between(Root("health", "fall"), h.Fall, 1, 100)
	if worst := h.detectionTime(); worst > pollRetryTime && !h.AllowSlowDetection {
		f.errorf(Root("health"), "a node that hangs would stay in rotation for up to %s (fall × timeout + 1.05 × (interval + (fall - 1) × fast_interval)), but an agent's screen gives up after %s; set allow_slow_detection to accept that",
			worst, pollRetryTime)
	}
}

// limits checks times, sizes and rates.
func (f *findings) limits() {
	t := f.tier
	f.checkDuration(Root("timeouts", "connect"), t.Timeouts.Connect, 50*time.Millisecond, time.Minute)
	f.checkDuration(Root("timeouts", "poll"), t.Timeouts.Poll, time.Second, 10*time.Minute)
	f.checkDuration(Root("timeouts", "agent"), t.Timeouts.Agent, time.Second, time.Hour)
	f.checkDuration(Root("timeouts", "admin"), t.Timeouts.Admin, time.Second, 24*time.Hour)
	f.checkDuration(Root("timeouts", "queue"), t.Timeouts.Queue, 100*time.Millisecond, time.Minute)
	if t.Timeouts.Admin < 330*time.Second {
		f.warnf(Root("timeouts", "admin"), "%s is shorter than the 330 s that VICIdial's installation gives PHP: long reports will be cut off", t.Timeouts.Admin)
	}
	f.between(Root("max_body_size_mb"), t.MaxBodyMB, 1, 4096)
	if t.MaxBodyMB < 48 {
		f.warnf(Root("max_body_size_mb"), "%d MB is less than the 48 MB that VICIdial's installation allows for lead files", t.MaxBodyMB)
	}
	f.between(Root("login_rate_per_minute"), t.LoginsPerMinute, 0, 100000)
	f.oneOf(Root("retry"), string(t.Retry), Retries)
	if f.dialect == Nginx {
		f.oneOf(Root("get_retry"), string(t.GetRetry), GetRetries)
		return
	}
	f.between(Root("admin_errors_per_minute"), t.AdminErrorsPerMinute, 0, 100000)
	f.oneOf(Root("balance"), string(t.Balance), Balances)
}

// process checks the settings of the process and of the statistics.
func (f *findings) process() {
	p := f.tier.Process
	f.account("user", p.User)
	f.account("group", p.Group)
	if f.dialect == HAProxy {
		if p.Log != "stdout" && !isBind(p.Log) && !filePattern().MatchString(p.Log) {
			f.errorf(Root("process", "log"), "%q is neither a socket's path such as /dev/log, nor IP:port of a syslog server, nor stdout", p.Log)
		}
		f.optionalFile("chroot", p.Chroot)
		f.optionalFile("control_socket", p.ControlSocket)
	} else {
		f.file(Root("process", "log"), p.Log)
		f.file(Root("process", "error_log"), p.ErrorLog)
		f.file(Root("process", "pid_file"), p.PIDFile)
		f.file(Root("process", "mime_types"), p.MimeTypes)
		f.optionalFile("temp_directory", p.TempDirectory)
	}
	f.stats()
}

func (f *findings) stats() {
	stats := f.tier.Stats
	if stats == nil {
		return
	}
	f.sources("stats", stats.Sources)
	if !isBind(stats.Bind) {
		f.errorf(Root("stats", "bind"), "%q is not an IP address with a port", stats.Bind)
		return
	}
	host, port, _ := net.SplitHostPort(stats.Bind)
	if address, err := netip.ParseAddr(host); err == nil && !address.IsLoopback() && len(stats.Sources) == 0 {
		f.errorf(Root("stats", "bind"), "%s can be reached from other machines: name in stats.sources who may", stats.Bind)
	}
	taken := []string{JoinPort("", f.tier.Listen.HTTPPort)}
	if f.tier.TLS != nil {
		taken = append(taken, JoinPort("", f.tier.Listen.HTTPSPort))
	}
	if slices.Contains(taken, ":"+port) {
		f.errorf(Root("stats", "bind"), "port %s takes the agents' requests already", port)
	}
}

func (f *findings) between(at Path, number, low, high int) {
	if number < low || number > high {
		f.errorf(at, "%d is not between %d and %d", number, low, high)
	}
}

func (f *findings) checkDuration(at Path, length, low, high time.Duration) {
	switch {
	case length < low || length > high:
		f.errorf(at, "%s is not between %s and %s", length, low, high)
	case length%time.Millisecond != 0:
		f.errorf(at, "%s is finer than a millisecond", length)
	}
}

func (f *findings) oneOf(at Path, word string, words []string) {
	if !slices.Contains(words, word) {
		f.errorf(at, "%q is not one of %s", word, strings.Join(words, ", "))
	}
}

func (f *findings) file(at Path, path string) {
	if err := cluster.CheckPath(path); err != nil {
		f.errorf(at, "%v", err)
	} else if !filePattern().MatchString(path) {
		f.errorf(at, "%q is not an absolute path of letters, digits and . _ / @ + = , -", path)
	}
}

func (f *findings) optionalFile(name, path string) {
	if path != "" {
		f.file(Root("process", name), path)
	}
}

func (f *findings) account(name, account string) {
	if account != "" && !accountPattern().MatchString(account) {
		f.errorf(Root("process", name), "%q is not the name of an account", account)
	}
}
