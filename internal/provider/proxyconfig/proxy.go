package proxyconfig

import (
	_ "embed"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/haproxy"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/nginx"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

//go:embed description_haproxy.md
var haproxyDescription string

//go:embed description_nginx.md
var nginxDescription string

// proxy has the differences between the two resources.
type proxy struct {
	dialect     webtier.Dialect
	typeName    string
	noun        string
	description string
	process     func(webtier.Distribution) webtier.Process
	render      func(webtier.Tier) ([]byte, error)
	drift       func(want, have []byte) ([]string, error)
	sum         func([]byte) (string, error)
}

var proxies = map[webtier.Dialect]proxy{
	webtier.HAProxy: {
		webtier.HAProxy, "_haproxy_config", "HAProxy configuration", haproxyDescription,
		haproxy.DefaultProcess, haproxy.Render, haproxy.Diff, haproxy.Sum,
	},
	webtier.Nginx: {
		webtier.Nginx, "_nginx_config", "nginx configuration", nginxDescription,
		nginx.DefaultProcess, nginx.Render, nginx.Diff, nginx.Sum,
	},
}

// defaults returns a tier of this proxy with all defaults.
func (p proxy) defaults() webtier.Tier {
	tier := webtier.Defaults()
	tier.Process = p.process(webtier.Debian)
	tier.Target, _ = p.dialect.Tested()
	return tier
}
