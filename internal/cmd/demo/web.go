package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

// proxies has the paths of HAProxy and nginx, and the folder of their
// configurations.
type proxies struct{ proxyFolder, haproxy, nginx string }

// findProxies installs missing programs, and makes a folder with a certificate for
// both.
func findProxies(ctx context.Context, s *printer, folder string) (proxies, error) {
	installer := s.progress("HAProxy or nginx is missing; apt installs them, which takes a moment")
	if err := webstack.Install(ctx, installer, "haproxy", "nginx"); err != nil {
		s.print(installer.output.String())
		return proxies{}, err
	}
	haproxy, err := webstack.Find("haproxy")
	if err != nil {
		return proxies{}, err
	}
	nginx, err := webstack.Find("nginx")
	if err != nil {
		return proxies{}, err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return proxies{}, err
	}
	_, err = sandbox.WriteSelfSigned("vici.example.com", filepath.Join(folder, "certificate.pem"), filepath.Join(folder, "certificate.key"))
	return proxies{folder, haproxy, nginx}, err
}

func (p proxies) settings() []string {
	return []string{"TF_VAR_proxy_folder=" + p.proxyFolder, "TF_VAR_haproxy=" + p.haproxy, "TF_VAR_nginx=" + p.nginx}
}

// checkProxies prints the beginning of the configurations, checks that they contain
// the addresses of the web nodes, and has HAProxy and nginx check them.
func (s demo) checkProxies(ctx context.Context) error {
	for _, proxy := range []struct {
		name, file string
		check      []string
	}{
		{"HAProxy", "haproxy.cfg", []string{s.haproxy, "-c", "-dW", "-f"}},
		{"nginx", "nginx.conf", []string{s.nginx, "-t", "-q", "-p", s.proxyFolder, "-c"}},
	} {
		path := filepath.Join(s.proxyFolder, proxy.file)
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		lines := strings.Split(strings.TrimSpace(string(content)), "\n")
		s.print(fmt.Sprintf("%s, %d lines:", proxy.file, len(lines)))
		s.print("| " + strings.Join(lines[:min(6, len(lines))], "\n| ") + "\n| ...")
		for _, address := range []string{"10.10.20.21", "10.10.20.22", "10.10.20.23"} {
			if !strings.Contains(string(content), address) {
				return unexpected("%s does not name the web node %s", proxy.file, address)
			}
		}
		command := exec.CommandContext(ctx, proxy.check[0], append(proxy.check[1:], path)...)
		text, err := command.CombinedOutput()
		s.print("$ " + strings.Join(command.Args, " "))
		if len(text) > 0 {
			s.print(string(text))
		}
		if err != nil {
			return errors.Join(unexpected("%s rejects %s", proxy.name, proxy.file), err)
		}
		s.ok(proxy.name + " accepts it without a warning")
	}
	return nil
}
