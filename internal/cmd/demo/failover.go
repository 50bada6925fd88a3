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

// pictureFolder creates and returns the folder for pictures, which are kept: in the
// user's cache folder, or among the temporary files if there is none.
func pictureFolder() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	folder := filepath.Join(base, "terraform-provider-vicidial", "demo")
	return folder, os.MkdirAll(folder, 0o700)
}

// snapshot describes the cluster at one stage.
type snapshot struct {
	title   string
	picture string // path of the SVG
	table   string // the failover plan
}

// inspect applies the configuration of data sources and stores its outputs in v. It
// returns whether the cluster survives the failure of any one node.
func (s demo) inspect(ctx context.Context, v *snapshot) (survivable string, err error) {
	if _, err := s.inspector.quiet(ctx, 0, "apply", "-auto-approve"); err != nil {
		return "", err
	}
	var picture string
	for name, output := range map[string]*string{"failover": &v.table, "survivable": &survivable, "picture": &picture} {
		if *output, err = s.inspector.quiet(ctx, 0, "output", "-raw", name); err != nil {
			return "", err
		}
	}
	if err := wellFormed(picture); err != nil {
		return "", unexpected("the picture is not SVG: %w", err)
	}
	s.print(v.table)
	return survivable, os.WriteFile(v.picture, []byte(picture), 0o600)
}

// wellFormed returns an error for a text that is not well-formed SVG.
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

// planFailover checks the failover plan of three nodes.
func (s demo) planFailover(ctx context.Context) error {
	survivable, err := s.inspect(ctx, s.snapshots[0])
	if err != nil {
		return err
	}
	if survivable != "true" {
		return unexpected("the three nodes do not survive the loss of one")
	}
	s.ok("whichever node fails, all 60 seats log in, and SURVEY keeps its 60 trunks")
	return nil
}

// planSecondFailover checks the failover plan of the remaining two nodes.
func (s demo) planSecondFailover(ctx context.Context) error {
	survivable, err := s.inspect(ctx, s.snapshots[1])
	if err != nil {
		return err
	}
	if survivable != "false" || !strings.Contains(oneLine(s.snapshots[1].table), "no free conference room for 20 seats") {
		return unexpected("two nodes survive the loss of one")
	}
	s.ok("without dial1, 20 seats would have no conference room")
	return nil
}

// oneLine joins the lines of a wrapped text.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// printPictures prints both failover plans and the paths of the pictures.
func (s demo) printPictures(context.Context) error {
	for _, v := range s.snapshots {
		info, err := os.Stat(v.picture)
		if err != nil || info.Size() == 0 {
			return errors.Join(err, unexpected("%s is empty", v.picture))
		}
		s.print(v.title)
		s.print(v.table)
		s.print("picture: " + v.picture)
	}
	s.ok("the pictures are kept; all other files of the demo are removed")
	return nil
}
