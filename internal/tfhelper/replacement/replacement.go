// Package replacement keeps the rows of an object that is replaced. With
// create_before_destroy Terraform creates the new instance of an object and then deletes
// the old one; where both have one key, they are the same rows, which the delete would
// take from the new instance. [Guard] makes such a delete remove only the rows that the
// new instance does not have. docs/design/0018-replacement.md describes how it
// distinguishes the two.
package replacement

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/planned"
	"github.com/vicidial/terraform-provider-vicidial/internal/tfhelper"
)

// Resource is the interface of the resources that Guard accepts.
type Resource interface {
	resource.ResourceWithIdentity
	resource.ResourceWithModifyPlan
	resource.ResourceWithImportState
}

// MultiRow is a resource whose object has several rows, so that an instance and its
// successor may have different ones.
type MultiRow interface {
	// Rows returns names of the known rows of a plan or a state.
	Rows(ctx context.Context, state State) []string
	// DeleteExcept deletes the rows of an instance, without those that are named.
	DeleteExcept(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, kept map[string]bool)
}

// State is a plan or a state.
type State interface {
	Get(ctx context.Context, target any) diag.Diagnostics
	GetAttribute(ctx context.Context, at path.Path, target any) diag.Diagnostics
}

// instances is the part of the store that records the instances of a run, and reads the
// admin change log and the servers.
type instances interface {
	ExpectedServers(context.Context) (cluster.Servers, error)
	LogPosition(context.Context) (int64, error)
	PrefetchRemovals(context.Context)
	LockInstances(key string) (unlock func())
	InstanceCreated(key string, instance planned.Instance)
	InstanceRead(key, token string)
	KeepInstance(key, token string) bool
	DeleteInstance(key, token string) bool
	RemoveInstance(key, token string)
	HasSuccessor(key, token string) bool
	CreatedRows(token string) map[string]bool
}

// The keys of private state.
const (
	TokenKey      = "instance"   // the token of the instance, which no other one has
	removalKey    = "removal"    // true once its removal was planned
	supersededKey = "superseded" // true while another instance has its rows
)

// Key describes the key of an object. Two instances with the same key have the same
// rows.
type Key struct {
	of   func(context.Context, State) string // empty where there is no key
	rows path.Path                           // the attribute of a key that is a column
	file bool                                // the object is in no table
}

// KeyOf returns the Key of a resource whose key is not an attribute.
func KeyOf(key func(context.Context, State) string) Key { return Key{of: key} }

// Column returns the Key of a resource whose key is an attribute and a column. Keys that
// differ in case or in blanks at the end are the same.
func Column(at path.Path) Key {
	return Key{of: func(ctx context.Context, state State) string { return cluster.FoldKey(text(ctx, state, at)) }, rows: at}
}

// File returns the Key of a resource whose objects are files, with their paths in an
// attribute.
func File(at path.Path) Key {
	return Key{of: func(ctx context.Context, state State) string { return text(ctx, state, at) }, file: true}
}

func text(ctx context.Context, state State, at path.Path) string {
	var found types.String
	state.GetAttribute(ctx, at, &found) // null where there is an error
	return found.ValueString()
}

// respelled returns an error when a plan spells the key of an object differently from
// its state: the plan would replace the object by itself.
func (k Key) respelled(ctx context.Context, state, plan State) diag.Diagnostics {
	before, after := text(ctx, state, k.rows), text(ctx, plan, k.rows)
	if len(k.rows.Steps()) == 0 || before == after || cluster.FoldKey(before) != cluster.FoldKey(after) {
		return nil
	}
	return tfhelper.DiagnoseAt(k.rows, tfhelper.TitleMisspelled, cluster.CheckSpelling("key", after, before))
}

// Guard returns the constructor of a resource whose Delete leaves the rows of a
// newer instance alone.
func Guard(construct func() Resource, key Key) func() resource.Resource {
	return func() resource.Resource {
		inner := construct()
		var meta resource.MetadataResponse
		inner.Metadata(context.Background(), resource.MetadataRequest{ProviderTypeName: tfhelper.ProviderType}, &meta)
		return &Guarded{Resource: inner, typeName: meta.TypeName, keyOf: key}
	}
}

// Guarded is a resource that [Guard] returned.
type Guarded struct {
	Resource

	typeName  string
	keyOf     Key
	instances instances // nil until the provider is configured
}

var (
	_ resource.ResourceWithConfigure      = (*Guarded)(nil)
	_ resource.ResourceWithMoveState      = (*Guarded)(nil)
	_ resource.ResourceWithValidateConfig = (*Guarded)(nil)
)

func (g *Guarded) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(tfhelper.Configure(req.ProviderData, &g.instances)...)
	if inner, ok := g.Resource.(resource.ResourceWithConfigure); ok {
		inner.Configure(ctx, req, resp)
	}
}

// MoveState returns the state movers of the inner resource.
func (g *Guarded) MoveState(ctx context.Context) []resource.StateMover {
	if inner, ok := g.Resource.(resource.ResourceWithMoveState); ok {
		return inner.MoveState(ctx)
	}
	return nil
}

func (g *Guarded) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if inner, ok := g.Resource.(resource.ResourceWithValidateConfig); ok {
		inner.ValidateConfig(ctx, req, resp)
	}
}

// Create creates the object, and gives the new instance a token.
func (g *Guarded) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	key, guarded := g.key(ctx, req.Plan)
	if !guarded {
		g.Resource.Create(ctx, req, resp)
		return
	}
	defer g.instances.LockInstances(key)()
	token := g.newToken(ctx)
	g.Resource.Create(ctx, req, resp)
	if resp.State.Raw.IsNull() {
		return
	}
	g.instances.InstanceCreated(key, planned.Instance{Token: token, Rows: g.rows(ctx, resp.State)})
	resp.Diagnostics.Append(tfhelper.SavePrivate(ctx, resp.Private, TokenKey, token)...)
	g.saveLogPosition(ctx, resp.Private, &resp.Diagnostics)
}

func (g *Guarded) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	g.Resource.Update(ctx, req, resp)
	g.saveLogPosition(ctx, resp.Private, &resp.Diagnostics)
}

// saveLogPosition saves the position of the admin change log in private state: older
// lines concern changes that have been read or written here. If the log cannot be read,
// nothing is saved, and a later warning names no author.
func (g *Guarded) saveLogPosition(ctx context.Context, private tfhelper.PrivateSetter, diags *diag.Diagnostics) {
	if g.instances == nil {
		return
	}
	if position, err := g.instances.LogPosition(ctx); err == nil {
		diags.Append(tfhelper.SaveLogPosition(ctx, private, position)...)
	}
}

// ImportState imports an object, and gives the instance a token.
func (g *Guarded) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	g.Resource.ImportState(ctx, req, resp)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(tfhelper.SavePrivate(ctx, resp.Private, TokenKey, g.newToken(ctx))...)
	}
}

// Read reads the object, and records whether another instance in state has its rows.
func (g *Guarded) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	key, guarded := g.key(ctx, req.State)
	token := load[string](ctx, req.Private, TokenKey)
	if guarded { // before the read, so that two concurrent reads find each other
		g.instances.InstanceRead(key, token)
	}
	g.Resource.Read(ctx, req, resp)
	g.nameServers(ctx, &resp.Diagnostics)
	if resp.State.Raw.IsNull() {
		return
	}
	if _, known := tfhelper.LogPosition(ctx, req.Private); !known || !tfhelper.Equal(resp.State.Raw, req.State.Raw) {
		g.saveLogPosition(ctx, resp.Private, &resp.Diagnostics)
	}
	if !guarded {
		return
	}
	if superseded := g.instances.HasSuccessor(key, token); superseded != load[bool](ctx, req.Private, supersededKey) {
		resp.Diagnostics.Append(tfhelper.SavePrivate(ctx, resp.Private, supersededKey, superseded)...)
	}
}

// ModifyPlan plans the object. It plans nothing for the removal of an instance whose
// rows another instance has.
func (g *Guarded) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	key, guarded := "", false
	if !req.State.Raw.IsNull() {
		key, guarded = g.key(ctx, req.State)
	}
	token := load[string](ctx, req.Private, TokenKey)
	switch {
	case !guarded:
	case !req.Plan.Raw.IsNull():
		resp.Diagnostics.Append(g.keyOf.respelled(ctx, req.State, req.Plan)...)
		if resp.Diagnostics.HasError() {
			return
		}
		if !g.instances.KeepInstance(key, token) {
			resp.Diagnostics.AddError("One run would delete and keep "+key, twoInstances)
			return
		}
	default:
		if !g.keyOf.file {
			g.instances.PrefetchRemovals(ctx)
		}
		resp.Diagnostics.Append(tfhelper.SavePrivate(ctx, resp.Private, removalKey, true)...)
		if g.instances.HasSuccessor(key, token) || load[bool](ctx, req.Private, supersededKey) {
			return
		}
		if !g.instances.DeleteInstance(key, token) {
			resp.Diagnostics.Append(tfhelper.SavePrivate(ctx, resp.Private, supersededKey, true)...)
			return
		}
	}
	g.Resource.ModifyPlan(ctx, req, resp)
	g.nameServers(ctx, &resp.Diagnostics)
}

// nameServers puts the server_id beside the addresses in warnings.
func (g *Guarded) nameServers(ctx context.Context, diags *diag.Diagnostics) {
	if g.instances == nil || g.keyOf.file || len(diags.Warnings()) == 0 {
		return
	}
	if servers, err := g.instances.ExpectedServers(ctx); err == nil {
		*diags = tfhelper.NameServers(*diags, servers)
	}
}

const twoInstances = "The state has two instances of it: the run deletes one and keeps the other, and both have the same rows. " +
	"If the block was renamed, add a moved block. If two blocks declared the object, take one out of state with a removed block that has destroy = false. " +
	"If one instance is deposed, which an interrupted replacement leaves, plan again."

// Delete deletes the object, except the rows that a newer instance has.
//
// In a replacement without create_before_destroy, the delete comes first and has no
// planned removal; that of a tainted object has no token either. The new instance does
// not exist yet, so everything is deleted.
func (g *Guarded) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	key, guarded := g.key(ctx, req.State)
	if !guarded {
		g.Resource.Delete(ctx, req, resp)
		return
	}
	defer g.instances.LockInstances(key)()
	token := load[string](ctx, req.Private, TokenKey)
	tracked := token != "" || load[bool](ctx, req.Private, removalKey)
	replaced := tracked && g.instances.HasSuccessor(key, token)
	multiRow, ok := g.Resource.(MultiRow)
	switch {
	case load[bool](ctx, req.Private, supersededKey), replaced && !ok:
		replaced = true
	case tracked && ok:
		multiRow.DeleteExcept(ctx, req, resp, g.instances.CreatedRows(token))
	default:
		g.Resource.Delete(ctx, req, resp)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	g.instances.RemoveInstance(key, token)
	if replaced {
		resp.Diagnostics.AddWarning("Rows kept: "+key,
			"The object was replaced, and Terraform deleted its old instance. The rows that the new instance has were not removed.")
	}
}

// key returns the key of an object with the name of its type; false if there is
// none, or if the provider is not configured.
func (g *Guarded) key(ctx context.Context, state State) (string, bool) {
	if g.instances == nil {
		return "", false
	}
	key := g.keyOf.of(ctx, state)
	return g.typeName + " " + key, key != ""
}

func (g *Guarded) rows(ctx context.Context, state State) []string {
	if multiRow, ok := g.Resource.(MultiRow); ok {
		return multiRow.Rows(ctx, state)
	}
	return nil
}

// load returns a value of private state; the zero value where there is none.
func load[T any](ctx context.Context, private tfhelper.PrivateGetter, key string) T {
	value, _, _ := tfhelper.LoadPrivate[T](ctx, private, key)
	return value
}

// newToken returns a token for an instance that is created or imported. Of two
// tokens the greater one is the later one. The position in the admin change log decides
// before the clock, since each creation adds a line, and clocks of machines differ and
// are set back.
func (g *Guarded) newToken(ctx context.Context) string {
	position := int64(0)
	if g.instances != nil && !g.keyOf.file {
		position, _ = g.instances.LogPosition(ctx) // 0 where the log cannot be read
	}
	return token(position, time.Now())
}

// token is the token of an instance that is created at a position of the log. It is
// short, since it is in every state that an apply encodes.
func token(position int64, now time.Time) string {
	const digits = 13                                     // of the largest number
	at, clock := uint64(position), uint64(now.UnixNano()) //nolint:gosec // neither is negative
	return "2" + cluster.Base36(at, digits) + cluster.Base36(clock, digits) + rand.Text()[:8]
}
