package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

const (
	office         = 150             // agents behind one address
	loginTime      = 3 * time.Minute // limit for all logins
	retryAfter     = 5 * time.Second // delay of an agent after a refused login
	wrongPasswords = 1000
)

// checkShiftStart logs in all agents of an office at once, twice each, for the
// phone and the user, with retries. Then it tries wrong passwords from the same
// address.
func (s *stack) checkShiftStart(ctx context.Context) (result, error) {
	f := result{name: "150 agents of one address log in within 3 minutes, and 1,000 wrong passwords are limited"}
	tier := s.tier
	tier.LoginsPerMinute = webtier.Defaults().LoginsPerMinute
	if err := s.reload(ctx, tier); err != nil {
		return f, err
	}
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, loginTime+time.Minute)
	defer cancel()
	var in atomic.Int64
	var working sync.WaitGroup
	for range office {
		working.Go(func() {
			browser := s.browser(officeAddress)
			defer browser.CloseIdleConnections()
			for done := 0; done < 2 && ctx.Err() == nil; {
				if status, _ := s.login(ctx, browser); status == http.StatusOK {
					done++
				} else if wait(ctx, retryAfter) != nil {
					return
				}
			}
			in.Add(1)
		})
	}
	working.Wait()
	took := time.Since(begin)
	if in.Load() != office || took > loginTime {
		f.failure = fmt.Sprintf("%d of %d are in after %s", in.Load(), office, took.Round(time.Second))
	}
	admitted, browser := 0, s.browser(officeAddress)
	begin = time.Now()
	for range wrongPasswords {
		status, err := s.login(ctx, browser)
		if err != nil {
			return f, err
		}
		if status == http.StatusOK {
			admitted++
		}
	}
	if atMost := tier.LoginsPerMinute * (1 + int(time.Since(begin)/time.Minute+1)); admitted > atMost {
		f.failure = fmt.Sprintf("%d of %d wrong passwords reached a node in %s", admitted, wrongPasswords, time.Since(begin).Round(time.Second))
	}
	return f, s.reload(ctx, s.tier)
}

func (s *stack) login(ctx context.Context, browser *http.Client) (int, error) {
	status, _, _, err := fetch(ctx, browser, http.MethodPost, s.url("/agc/vicidial.php"), "application/x-www-form-urlencoded", strings.NewReader("VD_login=6666&VD_pass="+secret))
	return status, err
}
