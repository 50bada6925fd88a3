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
	uploadAgain = "Start the upload again"
	uploadTries = 8
)

// manager returns the browser of a manager, with cookies.
func (s *stack) manager() (*http.Client, error) {
	browser := s.browser(managerAddress)
	jar, err := cookiejar.New(nil)
	browser.Jar = jar
	return browser, err
}

// checkUploads checks that the second step of an upload goes to the node that has
// the file of the first. On a busy machine the node may leave rotation in between;
// the upload is then repeated, as the response asks.
func (s *stack) checkUploads(ctx context.Context) (result, error) {
	f := result{name: "second step of an upload finds the file of the first"}
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
			if loaded = second; strings.Contains(first, "STEP 2") && !strings.Contains(second, uploadAgain) {
				break
			}
			if err := wait(ctx, time.Second); err != nil {
				return f, err
			}
		}
		if want := fmt.Sprintf("LOADED %d\n", i+1); loaded != want {
			f.failure = fmt.Sprintf("upload %d: %q", i, loaded)
		}
	}
	return f, nil
}

// checkUploadLost checks that the second step of an upload never goes to another
// node, which may have an older file with the same name.
func (s *stack) checkUploadLost(ctx context.Context) (result, error) {
	f := result{name: "upload of a dead node loads no other file, and restarts on another node"}
	for _, node := range s.nodes {
		if err := node.LeaveUpload("vicidial_temp_file.txt", bytes.Repeat([]byte("older\n"), 77)); err != nil {
			return f, err
		}
	}
	browser, err := s.manager()
	if err != nil {
		return f, err
	}
	header, message, err := s.upload(ctx, browser, "leads.txt", []byte("a\nb\nc\n"))
	if err != nil {
		return f, err
	}
	node, known := s.nodes[header.Get("X-Node")]
	if !known {
		f.failure = "the first step gave " + message
		return f, nil
	}
	if err := node.Kill(); err != nil {
		return f, err
	}
	var wrong []string
	// Immediately after the kill, the process may still accept the connection and
	// close it. The proxy then returns 502, since the request may have run, and
	// asks no other node.
	dying := func(status int, body string) bool {
		return status == http.StatusBadGateway && body == webtier.Unfinished
	}
	refused := func(when string, browser *http.Client, method, path string) error {
		status, body, _, err := fetch(ctx, browser, method, s.url(path), "application/x-www-form-urlencoded", strings.NewReader("lead_file=vicidial_temp_file.txt"))
		again := status == http.StatusServiceUnavailable && strings.Contains(body, uploadAgain)
		if !again && (when != "at once" || !dying(status, body)) {
			wrong = append(wrong, fmt.Sprintf("%s: %d %q", when, status, body))
		}
		return err
	}
	otherManager, err := s.manager()
	if err != nil {
		return f, err
	}
	err = errors.Join(
		refused("at once", browser, http.MethodGet, secondStep),
		wait(ctx, 1500*time.Millisecond), // until the node has left rotation
		refused("later", browser, http.MethodGet, secondStep),
		refused("posted", browser, http.MethodPost, loader),
		refused("without a cookie", otherManager, http.MethodGet, secondStep),
	)
	if err != nil {
		return f, err
	}
	if _, message, err = s.upload(ctx, browser, "leads.txt", []byte("a\nb\n")); err != nil {
		return f, err
	}
	_, second, _, err := fetch(ctx, browser, http.MethodGet, s.url(secondStep), "", nil)
	if !strings.Contains(second, "LOADED 2") {
		wrong = append(wrong, fmt.Sprintf("started again: %q, %q", message, second))
	}
	f.failure = strings.Join(wrong, "; ")
	// After a reload the proxy gives every node its full share.
	return f, errors.Join(err, node.Start(ctx), s.reload(ctx, s.tier))
}

// checkReportImages checks that the image of the server performance report is
// requested from the node that created it.
func (s *stack) checkReportImages(ctx context.Context) (result, error) {
	f := result{name: "image of a report comes from the node that created it"}
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
			f.failure = fmt.Sprintf("%d for %s", status, page)
		}
	}
	return f, nil
}

func (s *stack) checkBigUpload(ctx context.Context) (result, error) {
	f := result{name: "lead file of 41 MB is accepted"}
	_, message, err := s.upload(ctx, s.browser(managerAddress), "big.txt", bytes.Repeat([]byte("lead\n"), 41<<20/5))
	if !strings.Contains(message, "STEP 2") {
		f.failure = message
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
	_, message, header, err := fetch(ctx, browser, http.MethodPost, s.url(loader), writer.FormDataContentType(), &form)
	return header, message, err
}
