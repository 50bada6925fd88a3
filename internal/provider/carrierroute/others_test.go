package carrierroute_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vicidial/terraform-provider-vicidial/internal/provider/acceptance"
)

// These are about a route and the carriers beside it.

func TestAccCarrierRoute_importsWhatIsOneRoute(t *testing.T) {
	t.Parallel()
	d := aCluster(t, 1720)
	acceptance.Run(t, d, `INSERT INTO vicidial_server_carriers (carrier_id, carrier_name, template_id, server_ip, protocol, account_entry) VALUES
		('TELA', 'Telco', '', '10.0.0.1', 'SIP', '[a]\nhost=x\n'), ('TELB', 'Telco', '', '10.0.0.1', 'SIP', '[b]\nhost=x\n'),
		('TELALL', 'Telco', '', '0.0.0.0', 'SIP', '[c]\nhost=x\n'), ('ANALOG', 'Lines', '', '10.0.0.2', 'Zap', '')`)()
	importing := func(id string) string {
		return aRoute(d, two) + "import {\n  to = vicidial_carrier_route.main\n  id = \"" + id + "\"\n}\n"
	}
	play(t,
		refused(importing("MAIN=TELA,TYPO"), `there is no carrier TYPO`),
		refused(importing("MAIN=TELA,TELB"), `carriers TELA and TELB are both on 10.0.0.1`),
		refused(importing("MAIN=TELA,TELALL"), `carrier TELALL is on all servers`),
		refused(importing("ANALOG"), `carrier ANALOG has the protocol "Zap"`),
		refused(importing("TEL-A"), `is no name of a route`),
		resource.TestStep{Config: acceptance.Provider(d)},
	)
}
