package conn

import (
	"testing"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox"
)

func TestMain(m *testing.M) { sandbox.Main(m) }
