// Package asterisk reads the Asterisk configuration that VICIdial copies from its
// columns into the files of a node, as Asterisk itself reads it: lines, comments,
// sections and templates (main/config.c), extensions and priorities
// (pbx/pbx_config.c, main/pbx.c). It decides which lines Asterisk would drop, which
// names two texts of a node share and where secrets are, and it writes the dialplan of
// a route. Of this module it imports cluster only.
package asterisk
