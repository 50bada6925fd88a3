package provider

import (
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/fastpath"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

// Nothing that is said after StopProvider has answered reaches Terraform, which
// takes silence for success.
func TestStopProvider_waitsForTheLastWord(t *testing.T) {
	clearEnvironment(t)
	d := sandbox.New(t, 1720)
	for _, statement := range []string{
		"INSERT INTO servers (server_id, server_ip, active, active_agent_login_server) VALUES ('dial1', '10.0.0.1', 'Y', 'Y')",
		"INSERT INTO vicidial_live_agents (user, server_ip, extension) VALUES ('6001', '10.0.0.1', 'SIP/2000')",
	} {
		if _, err := d.DB().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	made, err := Server("test")
	server, ok := made.(fastpath.Framework)
	if err != nil || !ok {
		t.Fatalf("%T does not implement the whole protocol: %v", made, err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	settings := raw(t, block{"host": d.Host, "port": d.Port, "database": d.Name, "username": d.Username, "password": d.Password})
	config, err := tfprotov6.NewDynamicValue(settings.Type(), settings)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: &config}); err != nil {
		t.Fatal(err)
	}
	kind := schemas.ActionSchemas["vicidial_server_drain"].Schema.ValueType()
	what := rawAs(t, kind, block{"server_ip": "10.0.0.1", "even_if_last": true})
	given, err := tfprotov6.NewDynamicValue(kind, what)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := server.InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{ActionType: "vicidial_server_drain", Config: &given})
	if err != nil {
		t.Fatal(err)
	}

	waits := make(chan struct{})
	var last atomic.Value
	go func() {
		for event := range stream.Events {
			switch event := event.Type.(type) {
			case tfprotov6.ProgressInvokeActionEventType:
				if strings.Contains(event.Message, "1 agent is logged in") {
					close(waits)
				}
			case tfprotov6.CompletedInvokeActionEventType:
				last.Store(event.Diagnostics)
			}
		}
	}()
	<-waits
	if _, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
		t.Fatal(err)
	}
	diagnostics, counted := last.Load().([]*tfprotov6.Diagnostic)
	if !counted {
		t.Fatal("StopProvider answered before the action had its last word")
	}
	expect(t, diagnostics, ": was stopped after")
	if _, err := server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil { // nothing to wait for
		t.Error(err)
	}
}

// Terraform finds what a server can do by its methods: one that a wrapper hides
// is a feature that is gone without an error.
func TestServer_hidesNoMethodOfTheFramework(t *testing.T) {
	t.Parallel()
	server, err := Server("test")
	if err != nil {
		t.Fatal(err)
	}
	framework := reflect.TypeOf(providerserver.NewProtocol6(&vicidial{})())
	for method := range framework.Methods() {
		if _, ok := reflect.TypeOf(server).MethodByName(method.Name); !ok {
			t.Errorf("%T has no %s", server, method.Name)
		}
	}
}
