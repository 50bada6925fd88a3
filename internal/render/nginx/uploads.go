package nginx

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// The variables that keep the steps of an upload on one node.
const (
	uploadKept  = "$upload_kept"  // the node of the cookie; empty without one
	uploadNode  = "$upload_node"  // the node of this request
	uploadNext  = "$upload_next"  // the node of a first step if that node is unavailable
	uploadBound = "$upload_bound" // 1 if the request needs the node's file
	uploadLost  = "$upload_lost"  // 1 if it needs a file and has no cookie
)

// uploadOrder returns the nodes for a first step by weight: active nodes, then
// backups. A draining node only gets requests that need its files.
func (w writer) uploadOrder() (active, all []string) {
	var backups []string
	for _, name := range w.NodeNames() {
		switch w.Nodes[name].State {
		case webtier.Active:
			active = append(active, name)
		case webtier.Backup:
			backups = append(backups, name)
		case webtier.Drain, webtier.Maintenance:
		}
	}
	return active, append(active[:len(active):len(active)], backups...)
}

// uploads sends requests that need a file of a node to that node only: an upload is
// a file in /tmp of its node, and another node may have another file with the same
// name. nginx tries other servers of an upstream, so each node is an upstream of
// its own.
func (w writer) uploads() []Directive {
	if w.SharedUploads {
		return []Directive{w.upstream(uploadUpstream, webtier.Uploads, 8, fixed("least_conn"))}
	}
	var list []Directive
	kept := block("map", []string{"$cookie_" + webtier.UploadCookie, uploadKept}, set("default", ""))
	for _, name := range w.NodeNames() {
		node := w.Nodes[name]
		if node.State == webtier.Maintenance {
			continue
		}
		server := w.withResolve(set("server", webtier.JoinPort(node.Address, node.Port), "max_fails=0",
			"max_conns="+strconv.Itoa(webtier.Uploads.Limit(node.MaxConnections))), node)
		list = append(list, block("upstream", []string{uploadUpstream + "_" + name}, set("zone", uploadUpstream+"_"+name, w.zone()), server))
		kept.Block = append(kept.Block, set(name, name))
	}
	active, all := w.uploadOrder()
	total, first := 0, block("split_clients", []string{"$request_id", "$upload_first"})
	for _, name := range active {
		total += w.Nodes[name].Weight
	}
	for _, name := range active[1:] {
		// In hundredths of a percent, rounded down: nginx refuses more than 100 %.
		if share := 10_000 * w.Nodes[name].Weight / total; share > 0 {
			first.Block = append(first.Block, set(fmt.Sprintf("%d.%02d%%", share/100, share%100), name))
		}
	}
	first.Block = append(first.Block, set("*", active[0]))
	next := block("map", []string{uploadNode, uploadNext}, set("default", active[0]))
	for i, name := range all {
		next.Block = append(next.Block, set(name, all[(i+1)%len(all)]))
	}
	return append(list, kept, first,
		block("map", []string{uploadKept, uploadNode}, set("default", uploadKept), set("", "$upload_first")), next,
		block("map", []string{"$request_method:$content_type:$arg_lead_file:$uri", uploadBound}, set("default", "0"),
			set(`~^POST:(?!multipart/form-data)`, "1"), set(`~^[A-Z]+:[^:]*:[^:]+:`, "1"), set("~:"+webtier.ReportFiles, "1")),
		block("map", []string{uploadBound + ":" + uploadKept, uploadLost}, set("default", "0"), set("1:", "1")))
}

// uploadLocations returns the locations of the upload steps.
func (w writer) uploadLocations(managers, slow []Directive) []Directive {
	common := [][]Directive{managers, noRetry, {fixed("proxy_buffering off")}, slow}
	if w.SharedUploads {
		inside := slices.Concat(common, [][]Directive{w.proxyPass(uploadUpstream)})
		return []Directive{location([]string{"~", w.NodeFilePattern()}, inside...), location([]string{"~", w.ReportFilePattern()}, inside...)}
	}
	kept := append([][]Directive{
		{block("if", []string{uploadLost}, fixed("return 410"))},
		{fixed("error_page 410 = @upload_lost"), fixed("error_page 502 504 = @upload_failed")},
	}, common...)
	kept = append(kept, w.uploadCookie(uploadNode), w.proxyPass(uploadUpstream+"_"+uploadNode))
	failed := append([]Directive{
		failIfSent(), block("if", []string{uploadBound}, set("return", "503", webtier.UploadLost)).noted("another node does not have its file"),
		fixed("default_type text/plain"), fixed("proxy_next_upstream off"), set("proxy_read_timeout", webtier.Duration(w.Timeouts.Admin)),
		fixed("recursive_error_pages on"), fixed("error_page 502 504 = @unfinished"),
	}, w.uploadCookie(uploadNext)...)
	return []Directive{
		location([]string{"~", w.NodeFilePattern()}, kept...),
		location([]string{"~", w.ReportFilePattern()}, kept...),
		location([]string{"@upload_failed"}, failed, w.proxyPass(uploadUpstream+"_"+uploadNext)),
		block("location", []string{"@upload_lost"}, fixed("default_type text/plain"), fixed("add_header Cache-Control no-store always"),
			set("return", "503", webtier.UploadLost)),
	}
}

// uploadCookie sets the cookie with the node of the file.
func (w writer) uploadCookie(node string) []Directive {
	cookie := webtier.UploadCookie + "=" + node + "; Path=/; HttpOnly; SameSite=Lax"
	if w.TLS != nil && w.TLS.RedirectHTTP {
		cookie += "; Secure"
	}
	return append(w.browserHeaders(), set("add_header", "Set-Cookie", cookie))
}
