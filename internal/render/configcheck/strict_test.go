package configcheck

import (
	"context"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// CheckStrictly is [Check] with warnings as errors.
func CheckStrictly(ctx context.Context, dialect webtier.Dialect, binary string, tier webtier.Tier) error {
	return check(ctx, dialect, binary, tier, map[webtier.Dialect][]string{webtier.HAProxy: {"-c", "-dW", "-f"}, webtier.Nginx: {"-t", "-c"}})
}
