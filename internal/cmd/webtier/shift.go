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
	office     = 150             // agents behind one address
	shiftTime  = 3 * time.Minute // in which all of them are logged in
	tryAgain   = 5 * time.Second // what an agent does who is refused
	wrongTries = 1000
)

// shift: an office starts to work at once. Each agent logs in twice, for the phone
// and for the user, and tries again when that is refused. Then somebody there tries
// passwords.
func (s *stack) shift(ctx context.Context) (finding, error) {
	f := finding{claim: "150 agents of one office are logged in within 3 minutes, and 1,000 wrong passwords get nowhere"}
	tier := s.tier
	tier.LoginsPerMinute = webtier.Defaults().LoginsPerMinute
	if err := s.reload(ctx, tier); err != nil {
		return f, err
	}
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, shiftTime+time.Minute)
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
				} else if wait(ctx, tryAgain) != nil {
					return
				}
			}
			in.Add(1)
		})
	}
	working.Wait()
	took := time.Since(begin)
	if in.Load() != office || took > shiftTime {
		f.wrong = fmt.Sprintf("%d of %d are in after %s", in.Load(), office, took.Round(time.Second))
	}
	admitted, browser := 0, s.browser(officeAddress)
	begin = time.Now()
	for range wrongTries {
		status, err := s.login(ctx, browser)
		if err != nil {
			return f, err
		}
		if status == http.StatusOK {
			admitted++
		}
	}
	if most := tier.LoginsPerMinute * (1 + int(time.Since(begin)/time.Minute+1)); admitted > most {
		f.wrong = fmt.Sprintf("%d of %d wrong passwords reached a node in %s", admitted, wrongTries, time.Since(begin).Round(time.Second))
	}
	return f, s.reload(ctx, s.tier)
}

func (s *stack) login(ctx context.Context, browser *http.Client) (int, error) {
	status, _, _, err := fetch(ctx, browser, http.MethodPost, s.url("/agc/vicidial.php"), "application/x-www-form-urlencoded", strings.NewReader("VD_login=6666&VD_pass="+secret))
	return status, err
}
