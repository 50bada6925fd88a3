package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// gallery is the folder for what is to outlive the demo: in the user's cache,
// or where temporary files are when there is no such place.
func gallery() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	folder := filepath.Join(base, "terraform-provider-vicidial", "demo")
	return folder, os.MkdirAll(folder, 0o700)
}

// view is what the cluster looked like at some time.
type view struct {
	title   string
	picture string // path of the SVG
	table   string // the failover plan
}

// look applies the configuration that declares nothing, reads what it finds, and
// says whether the cluster survives the loss of any one node.
func (s scene) look(ctx context.Context, v *view) (survivable string, err error) {
	if _, err := s.watcher.quiet(ctx, 0, "apply", "-auto-approve"); err != nil {
		return "", err
	}
	var picture string
	for name, output := range map[string]*string{"failover": &v.table, "survivable": &survivable, "picture": &picture} {
		if *output, err = s.watcher.quiet(ctx, 0, "output", "-raw", name); err != nil {
			return "", err
		}
	}
	if err := wellFormed(picture); err != nil {
		return "", surprise("the picture is no SVG: %w", err)
	}
	s.say(v.table)
	return survivable, os.WriteFile(v.picture, []byte(picture), 0o600)
}

// wellFormed reads a picture as a browser would, and demands that it is SVG.
func wellFormed(picture string) error {
	if !strings.Contains(picture, "<svg") {
		return errors.New("it has no svg element")
	}
	reader := xml.NewDecoder(strings.NewReader(picture))
	for {
		if _, err := reader.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// foresee asks what is left when one of the three nodes dies.
func (s scene) foresee(ctx context.Context) error {
	survivable, err := s.look(ctx, s.views[0])
	if err != nil {
		return err
	}
	if survivable != "true" {
		return surprise("the three nodes do not survive the loss of one")
	}
	s.seen("whichever node dies, all 60 seats log in, and SURVEY keeps its 60 lines")
	return nil
}

// regret asks the same of the two that are left.
func (s scene) regret(ctx context.Context) error {
	survivable, err := s.look(ctx, s.views[1])
	if err != nil {
		return err
	}
	if survivable != "false" || !strings.Contains(oneLine(s.views[1].table), "no free conference room for 20 seats") {
		return surprise("two nodes survive the loss of one")
	}
	s.seen("what the saving costs: the loss of dial1 would leave 20 seats no room")
	return nil
}

// oneLine puts a text that was broken into lines together again.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// keep shows both failover plans again, and says where the pictures are.
func (s scene) keep(context.Context) error {
	for _, v := range s.views {
		info, err := os.Stat(v.picture)
		if err != nil || info.Size() == 0 {
			return errors.Join(err, surprise("%s is empty", v.picture))
		}
		s.say(v.title)
		s.say(v.table)
		s.say("picture: " + v.picture)
	}
	s.seen("the pictures stay; all else that the demo made is removed")
	return nil
}
