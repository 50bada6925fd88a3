package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

const (
	loader      = "/vicidial/admin_listloader_fourth_gen.php"
	secondStep  = loader + "?lead_file=vicidial_temp_file.txt"
	startAgain  = "Start the upload again"
	uploadTries = 8
)

// manager is a manager's browser, with its cookies.
func (s *stack) manager() (*http.Client, error) {
	browser := s.browser(managerAddress)
	jar, err := cookiejar.New(nil)
	browser.Jar = jar
	return browser, err
}

// uploads: the second step must find the first one's file, which is on one node.
// On a machine under load a node may leave in between; then the upload starts again,
// as its answer says.
func (s *stack) uploads(ctx context.Context) (finding, error) {
	f := finding{claim: "the second step of an upload finds the file of the first"}
	for i := range 9 {
		loaded := ""
		for range uploadTries {
			browser, err := s.manager()
			if err != nil {
				return f, err
			}
			_, first, err := s.upload(ctx, browser, "leads.txt", bytes.Repeat([]byte("lead\n"), i+1))
			if err != nil {
				return f, err
			}
			_, second, _, err := fetch(ctx, browser, http.MethodGet, s.url(secondStep), "", nil)
			if err != nil {
				return f, err
			}
			if loaded = second; strings.Contains(first, "STEP 2") && !strings.Contains(second, startAgain) {
				break
			}
			if err := wait(ctx, time.Second); err != nil {
				return f, err
			}
		}
		if want := fmt.Sprintf("LOADED %d\n", i+1); loaded != want {
			f.wrong = fmt.Sprintf("upload %d: %q", i, loaded)
		}
	}
	return f, nil
}

// uploadLost: what is bound to a node by a file on it goes to no other, where an
// older upload's file lies under the same name.
func (s *stack) uploadLost(ctx context.Context) (finding, error) {
	f := finding{claim: "an upload whose node is gone loads nobody else's leads, and starts again elsewhere"}
	for _, node := range s.nodes {
		if err := node.LeaveUpload("vicidial_temp_file.txt", bytes.Repeat([]byte("older\n"), 77)); err != nil {
			return f, err
		}
	}
	browser, err := s.manager()
	if err != nil {
		return f, err
	}
	header, said, err := s.upload(ctx, browser, "leads.txt", []byte("a\nb\nc\n"))
	if err != nil {
		return f, err
	}
	node, known := s.nodes[header.Get("X-Node")]
	if !known {
		f.wrong = "the first step gave " + said
		return f, nil
	}
	if err := node.Kill(); err != nil {
		return f, err
	}
	var wrong []string
	// At once, a process that dies may still take the connection and end it: a 502
	// says that nobody knows what was done, and no other node is asked.
	dying := func(status int, body string) bool {
		return status == http.StatusBadGateway && body == webtier.Unfinished
	}
	refused := func(when string, browser *http.Client, method, path string) error {
		status, body, _, err := fetch(ctx, browser, method, s.url(path), "application/x-www-form-urlencoded", strings.NewReader("lead_file=vicidial_temp_file.txt"))
		again := status == http.StatusServiceUnavailable && strings.Contains(body, startAgain)
		if !again && (when != "at once" || !dying(status, body)) {
			wrong = append(wrong, fmt.Sprintf("%s: %d %q", when, status, body))
		}
		return err
	}
	stranger, err := s.manager()
	if err != nil {
		return f, err
	}
	err = errors.Join(
		refused("at once", browser, http.MethodGet, secondStep),
		wait(ctx, 1500*time.Millisecond), // until the node has left rotation
		refused("later", browser, http.MethodGet, secondStep),
		refused("posted", browser, http.MethodPost, loader),
		refused("without a cookie", stranger, http.MethodGet, secondStep),
	)
	if err != nil {
		return f, err
	}
	if _, said, err = s.upload(ctx, browser, "leads.txt", []byte("a\nb\n")); err != nil {
		return f, err
	}
	_, second, _, err := fetch(ctx, browser, http.MethodGet, s.url(secondStep), "", nil)
	if !strings.Contains(second, "LOADED 2") {
		wrong = append(wrong, fmt.Sprintf("started again: %q, %q", said, second))
	}
	f.wrong = strings.Join(wrong, "; ")
	// A proxy that has just started gives every node its whole share.
	return f, errors.Join(err, node.Start(ctx), s.reload(ctx, s.tier))
}

// drawings: the server performance report draws a picture on the node that serves it.
func (s *stack) drawings(ctx context.Context) (finding, error) {
	f := finding{claim: "a report's picture comes from the node that drew it"}
	for range 4 {
		browser, err := s.manager()
		if err != nil {
			return f, err
		}
		_, page, header, err := fetch(ctx, browser, http.MethodGet, s.url("/vicidial/AST_server_performance.php"), "", nil)
		if err != nil {
			return f, err
		}
		status, _, _, err := fetch(ctx, browser, http.MethodGet, s.url("/vicidial/ploticus/"+header.Get("X-Node")+".png"), "", nil)
		if err != nil {
			return f, err
		}
		if status != http.StatusOK {
			f.wrong = fmt.Sprintf("%d for %s", status, page)
		}
	}
	return f, nil
}

func (s *stack) bigUpload(ctx context.Context) (finding, error) {
	f := finding{claim: "a lead file of 41 MB passes"}
	_, said, err := s.upload(ctx, s.browser(managerAddress), "big.txt", bytes.Repeat([]byte("lead\n"), 41<<20/5))
	if !strings.Contains(said, "STEP 2") {
		f.wrong = said
	}
	return f, err
}

func (s *stack) upload(ctx context.Context, browser *http.Client, name string, text []byte) (http.Header, string, error) {
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	part, err := writer.CreateFormFile("leadfile", name)
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(text); err != nil {
		return nil, "", err
	}
	if err := writer.Close(); err != nil {
		return nil, "", err
	}
	_, said, header, err := fetch(ctx, browser, http.MethodPost, s.url(loader), writer.FormDataContentType(), &form)
	return header, said, err
}
