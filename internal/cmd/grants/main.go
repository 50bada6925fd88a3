// Grants prints the script that grants the provider's database user its privileges,
// for the guide.
package main

import (
	"io"
	"os"

	"github.com/vicidial/terraform-provider-vicidial/internal/store/privileges"
)

func main() {
	if _, err := io.WriteString(os.Stdout, privileges.Script()); err != nil {
		os.Exit(1)
	}
}
