package acctest

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// frameworkVariable makes [Test] leave every test case to the test framework.
const frameworkVariable = "TF_ACC_FRAMEWORK"

// Test runs a test case as [resource.Test] does, with a third of its commands: nine
// tenths of the time of the acceptance tests is Terraform starting. A step applies
// without a saved plan, the checks read the state from its file, and one plan, which
// refreshes, must be empty; the framework plans once without a refresh before.
//
// The framework runs test cases with rare features (versions of Terraform, providers of
// a step, queries, import blocks, destroy steps, checks of the plan after an apply), and
// all of them if TF_ACC_FRAMEWORK is set.
func Test(t *testing.T, c resource.TestCase) {
	t.Helper()
	if os.Getenv(resource.EnvTfAcc) == "" && !c.IsUnitTest || os.Getenv(frameworkVariable) != "" || !simple(c) {
		resource.Test(t, c)
		return
	}
	work := folder{t.TempDir(), c.ProtoV6ProviderFactories["vicidial"]}
	defer destroy(t, work, c)
	for i := range c.Steps {
		step := &c.Steps[i]
		if step.PreConfig != nil {
			step.PreConfig()
		}
		if err := runStep(t, work, step); err != nil {
			t.Fatalf("Step %d/%d: %v", i+1, len(c.Steps), err)
		}
	}
}

// UnitTest runs a test case that needs no database as [Test] does, also without TF_ACC.
func UnitTest(t *testing.T, c resource.TestCase) {
	t.Helper()
	c.IsUnitTest = true
	Test(t, c)
}

// simple reports whether a test case has no feature for which Test uses the framework.
func simple(c resource.TestCase) bool {
	if len(c.ProtoV6ProviderFactories) != 1 || c.ProtoV6ProviderFactories["vicidial"] == nil || len(c.TerraformVersionChecks) > 0 ||
		len(c.ExternalProviders) > 0 || c.PreCheck != nil || c.ErrorCheck != nil || c.WorkingDir != "" || c.AdditionalCLIOptions != nil {
		return false
	}
	for _, s := range c.Steps {
		if s.Destroy || s.Query || s.SkipFunc != nil || len(s.Taint) > 0 || s.ConfigDirectory != nil || s.ConfigFile != nil || s.ConfigVariables != nil ||
			len(s.ProtoV6ProviderFactories) > 0 || len(s.ExternalProviders) > 0 || len(s.ConfigPlanChecks.PostApplyPreRefresh) > 0 ||
			len(s.ConfigPlanChecks.PostApplyPostRefresh) > 0 || len(s.RefreshPlanChecks.PostRefresh) > 0 || s.PostApplyFunc != nil ||
			s.ImportStateKind != resource.ImportCommandWithID || s.ImportStateIdPrefix != "" || s.GenerateConfig {
			return false
		}
	}
	return true
}

// runStep runs a step and returns an error if the result is not the expected one.
func runStep(t *testing.T, work folder, step *resource.TestStep) error {
	t.Helper()
	if step.Config != "" && !step.ImportState {
		work.configure(t, step.Config)
	}
	var err error
	switch {
	case step.ImportState:
		err = importStep(t, work, step)
	case step.RefreshState:
		err = refreshStep(t, work, step)
	default:
		err = configStep(t, work, step)
	}
	if step.ExpectError == nil {
		return err
	}
	if err == nil {
		return fmt.Errorf("there is no error; expected one that matches %s", step.ExpectError)
	}
	if !step.ExpectError.MatchString(err.Error()) {
		return fmt.Errorf("the error does not match %s: %w", step.ExpectError, err)
	}
	return nil
}

func configStep(t *testing.T, work folder, step *resource.TestStep) error {
	t.Helper()
	if !step.PlanOnly {
		if err := apply(t, work, step); err != nil {
			return err
		}
		if err := check(t, work, step); err != nil {
			return err
		}
	}
	text, changes, err := work.planned(t)
	switch {
	case err != nil:
		return err
	case changes && !step.ExpectNonEmptyPlan:
		return fmt.Errorf("the plan after it is not empty:\n%s", text)
	case !changes && step.ExpectNonEmptyPlan:
		return errors.New("the plan after it is empty")
	}
	return nil
}

// apply plans and applies the configuration; with two commands if the plan is checked.
func apply(t *testing.T, work folder, step *resource.TestStep) error {
	t.Helper()
	command := []string{"apply", "-no-color", "-input=false", "-lock=false", "-auto-approve"}
	if checks := step.ConfigPlanChecks.PreApply; len(checks) > 0 {
		if _, err := work.run(t, "plan", "-no-color", "-input=false", "-lock=false", "-out=plan"); err != nil {
			return err
		}
		plan, err := work.shownPlan(t)
		if err != nil {
			return err
		}
		for _, check := range checks {
			var resp plancheck.CheckPlanResponse
			check.CheckPlan(t.Context(), plancheck.CheckPlanRequest{Plan: plan}, &resp)
			if resp.Error != nil {
				return fmt.Errorf("the plan: %w", resp.Error)
			}
		}
		command = append(command, "plan")
	}
	_, err := work.run(t, command...)
	return err
}

// check runs the checks of a step after its apply.
func check(t *testing.T, work folder, step *resource.TestStep) error {
	t.Helper()
	if step.Check != nil {
		state, err := work.state()
		if err != nil {
			return err
		}
		if err := step.Check(state); err != nil {
			return fmt.Errorf("check failed: %w", err)
		}
	}
	state, err := work.shown()
	if err != nil {
		return err
	}
	for _, check := range step.ConfigStateChecks {
		var resp statecheck.CheckStateResponse
		check.CheckState(t.Context(), statecheck.CheckStateRequest{State: state}, &resp)
		if resp.Error != nil {
			return fmt.Errorf("the state: %w", resp.Error)
		}
	}
	return nil
}

func refreshStep(t *testing.T, work folder, step *resource.TestStep) error {
	t.Helper()
	if _, err := work.run(t, "refresh", "-no-color", "-input=false", "-lock=false"); err != nil {
		return err
	}
	if err := check(t, work, step); err != nil {
		return err
	}
	text, changes, err := work.planned(t)
	if err == nil && changes && !step.ExpectNonEmptyPlan {
		err = fmt.Errorf("the plan after the refresh is not empty:\n%s", text)
	}
	return err
}

// importStep imports an object into the state of the test case if the step requires it,
// and otherwise into an empty one.
func importStep(t *testing.T, work folder, step *resource.TestStep) error {
	t.Helper()
	before, err := work.state()
	if err != nil {
		return err
	}
	id := step.ImportStateId
	if step.ImportStateIdFunc != nil {
		if id, err = step.ImportStateIdFunc(before); err != nil {
			return err
		}
	}
	into := work
	if !step.ImportStatePersist {
		into.dir = t.TempDir()
		text, err := os.ReadFile(work.dir + "/main.tf")
		if err != nil && step.Config == "" {
			return err
		}
		into.configure(t, string(text))
	}
	if step.Config != "" {
		into.configure(t, step.Config)
	}
	if _, err := into.run(t, "import", "-no-color", "-input=false", "-lock=false", step.ResourceName, id); err != nil {
		return err
	}
	after, err := into.state()
	if err != nil {
		return err
	}
	if step.ImportStateCheck != nil {
		if err := step.ImportStateCheck(instances(after)); err != nil {
			return err
		}
	}
	if step.ImportStateVerify {
		return sameAttributes(before, after, step)
	}
	return nil
}

// sameAttributes returns an error unless the imported objects have the attributes that
// they had before.
func sameAttributes(before, after *terraform.State, step *resource.TestStep) error {
	identifier := step.ImportStateVerifyIdentifierAttribute
	for _, imported := range instances(after) {
		var prior *terraform.InstanceState
		for _, candidate := range instances(before) {
			if candidate.Ephemeral.Type == imported.Ephemeral.Type && candidate.Attributes[identifier] == imported.Attributes[identifier] {
				prior = candidate
			}
		}
		if prior == nil {
			return fmt.Errorf("nothing was there with the %s %q", identifier, imported.Attributes[identifier])
		}
		if diff := cmp.Diff(compared(prior, step), compared(imported, step)); diff != "" {
			return fmt.Errorf("the import differs (- before, + imported):\n%s", diff)
		}
	}
	return nil
}

// compared returns the attributes that an import is compared by: an empty collection
// equals none.
func compared(instance *terraform.InstanceState, step *resource.TestStep) map[string]string {
	attributes := maps.Clone(instance.Attributes)
	maps.DeleteFunc(attributes, func(path, value string) bool {
		for _, ignored := range append([]string{"timeouts"}, step.ImportStateVerifyIgnore...) {
			if strings.HasPrefix(path, ignored) {
				return true
			}
		}
		return value == "0" && (strings.HasSuffix(path, ".#") || strings.HasSuffix(path, ".%"))
	})
	return attributes
}

// destroy removes the objects of the steps, and runs the check of the removal.
func destroy(t *testing.T, work folder, c resource.TestCase) {
	t.Helper()
	state, err := work.state()
	if err != nil {
		t.Fatal(err)
	}
	if len(state.RootModule().Resources) == 0 {
		return
	}
	if _, err := work.run(t, "destroy", "-no-color", "-input=false", "-lock=false", "-auto-approve", "-refresh=false"); err != nil {
		t.Fatal(err)
	}
	if c.CheckDestroy != nil {
		if err := c.CheckDestroy(state); err != nil {
			t.Fatal(err)
		}
	}
}
