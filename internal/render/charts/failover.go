package charts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/cluster"
	"github.com/vicidial/terraform-provider-vicidial/internal/cluster/forecast"
	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg"
)

const (
	agentsAt     = margin + nodeWidth
	agentsWidth  = 300
	linesAt      = agentsAt + agentsWidth + 24
	linesWidth   = 230
	dropsAt      = linesAt + linesWidth + 24
	dropsWidth   = 250
	planWidth    = dropsAt + dropsWidth + margin
	reasonsMost  = 3  // of a loss
	lossesMost   = 60 // of a picture
	receiversTop = 3  // servers that are named
)

// failoverChart is a failover plan.
type failoverChart struct {
	page
	servers cluster.Servers
	most    int // agents that one loss moves
}

// Failover draws a failover plan: for each loss who logs in where, who is stranded, which
// campaigns lose lines, and what drops. servers are those of the plan's input.
func Failover(servers cluster.Servers, plan forecast.FailoverPlan) []byte {
	l := failoverChart{page: page{width: planWidth}, servers: servers, most: 1}
	losses := l.shown(plan)
	for _, loss := range losses {
		l.most = max(l.most, arrivals(loss)+len(loss.Stranded))
	}
	summary := fmt.Sprintf("Survivable losses: %s of %s", svg.Grouped(surviving(plan.Losses)), svg.Grouped(len(plan.Losses)))
	l.title("Failover plan", summary)
	l.heads()
	for i, loss := range losses {
		l.loss(loss, i%2 == 0)
	}
	if rest := len(plan.Losses) - len(losses); rest > 0 {
		l.y += 4
		l.line(margin+10, "quiet small", fmt.Sprintf("and %s more, of which %d are survivable", svg.Grouped(rest), surviving(plan.Losses)-surviving(losses)))
	}
	l.machines(plan.Machines)
	l.y += 14
	x := l.legend(margin, "c0", "logs in elsewhere")
	x = l.legend(x, "over", "stranded, or lines that are missing")
	l.legend(x, "good", "lines that stay")
	l.y += lineStep
	return l.Document("Failover plan", summary, l.width, l.y+margin)
}

// shown are the losses to draw: the cluster as it is where that is not well, then all, or
// of too many those first that are not survivable.
func (l *failoverChart) shown(plan forecast.FailoverPlan) []forecast.FailoverLoss {
	losses := slices.Clone(plan.Losses)
	if len(losses) > lossesMost {
		lost := func(loss forecast.FailoverLoss) bool { return !loss.Survivable }
		survived := slices.DeleteFunc(slices.Clone(losses), lost)
		losses = slices.DeleteFunc(losses, func(loss forecast.FailoverLoss) bool { return !lost(loss) })
		losses = append(losses, survived...)[:lossesMost]
	}
	if !plan.Today.Survivable {
		losses = append([]forecast.FailoverLoss{plan.Today}, losses...)
	}
	return losses
}

func surviving(losses []forecast.FailoverLoss) int {
	count := 0
	for _, loss := range losses {
		if loss.Survivable {
			count++
		}
	}
	return count
}

func arrivals(loss forecast.FailoverLoss) int {
	sum := 0
	for _, seats := range loss.Seats {
		sum += seats.Arrived
	}
	return sum
}

func (l *failoverChart) heads() {
	l.Text(margin+10, l.y+12, "head", "Lost", "")
	l.Text(agentsAt, l.y+12, "head", "Agents", "")
	l.Text(linesAt, l.y+12, "head", "Lines of campaigns", "")
	l.Text(dropsAt, l.y+12, "head", "What drops", "")
	l.y += 22
}

// loss draws one loss: two lines beside the name of each server, and below them why it
// is not survivable.
func (l *failoverChart) loss(loss forecast.FailoverLoss, shaded bool) {
	top := l.y
	var above strings.Builder
	above, l.Over = l.Over, above // the row is drawn when its height is known
	l.Open(slices.Concat(loss.Reasons, loss.ToDo)...)
	for i, ip := range loss.Lost {
		server, _ := l.servers.ByIP(ip)
		l.node(top+4+34*i, server, ip)
	}
	if len(loss.Lost) == 0 {
		l.Text(margin+10, top+19, "name", "Nothing", "")
		l.Text(margin+10, top+34, "quiet small", "the cluster as it is", "")
	}
	l.agents(top, loss)
	l.lines(top, loss)
	l.drops(top, loss)
	l.y = top + max(64, 8+34*len(loss.Lost)+24)
	if !loss.Survivable {
		l.sentences(agentsAt, reasonsMost, "over", loss.Reasons)
		l.y += 6
	}
	l.Close()
	row := l.Over.String()
	l.Over = above
	if shaded {
		l.Rect("group", margin, top, l.inner(), l.y-top, 6)
	}
	l.Over.WriteString(row)
	l.verdict(margin+10, top+8+34*max(1, len(loss.Lost)), loss.Survivable)
}

// agents draws who logs in elsewhere and who cannot.
func (l *failoverChart) agents(top int, loss forecast.FailoverLoss) {
	moved, stranded := arrivals(loss), len(loss.Stranded)
	at := moved * agentsWidth / l.most
	l.Rect("rest", agentsAt, top+8, agentsWidth, 9, 2)
	l.Rect("c0", agentsAt, top+8, at, 9, 2)
	l.Rect("over", agentsAt+at, top+8, (moved+stranded)*agentsWidth/l.most-at, 9, 2)
	text := "nobody has to log in elsewhere"
	if moved > 0 {
		text = fmt.Sprintf("%s to %s", svg.Grouped(moved), l.receivers(loss))
	}
	l.Text(agentsAt, top+33, "plain", svg.Fit(text, agentsWidth, 11, false), "")
	if stranded > 0 {
		text := fmt.Sprintf("%s stranded: %s", svg.Grouped(stranded), strings.Join(cluster.Runs(loss.Stranded), ", "))
		l.Text(agentsAt, top+49, "bad", svg.Fit(text, agentsWidth, 11, true), "")
	}
}

// receivers says which servers the agents of a loss log in to.
func (l *failoverChart) receivers(loss forecast.FailoverLoss) string {
	var names []string
	least, most := 0, 0
	for _, seats := range loss.Seats {
		if seats.Arrived == 0 {
			continue
		}
		server, _ := l.servers.ByIP(seats.ServerIP)
		if len(names) == 0 {
			least = seats.Arrived
		}
		least, most = min(least, seats.Arrived), max(most, seats.Arrived)
		names = append(names, fmt.Sprintf("%s (%s)", cmp.Or(server.ID(), seats.ServerIP), svg.Grouped(seats.Arrived)))
	}
	switch {
	case len(names) <= receiversTop:
		return strings.Join(names, ", ")
	case least == most:
		return fmt.Sprintf("%d nodes, %s each", len(names), svg.Grouped(most))
	default:
		return fmt.Sprintf("%d nodes, %s to %s each", len(names), svg.Grouped(least), svg.Grouped(most))
	}
}

// lines draws what the campaigns are left with.
func (l *failoverChart) lines(top int, loss forecast.FailoverLoss) {
	needed, carried := 0, 0
	var short []string
	for _, campaign := range loss.Campaigns {
		needed, carried = needed+campaign.Needed, carried+min(campaign.Needed, campaign.Carried)
		if missing := campaign.Needed - campaign.Carried; missing > 0 {
			short = append(short, fmt.Sprintf("%s −%s", campaign.Campaign, svg.Grouped(missing)))
		}
	}
	if needed == 0 {
		l.Text(linesAt, top+33, "quiet small", "none asked for", "")
		return
	}
	at := carried * linesWidth / needed
	l.Rect("good", linesAt, top+8, at, 9, 2)
	l.Rect("over", linesAt+at, top+8, linesWidth-at, 9, 2)
	l.Text(linesAt, top+33, "plain", fmt.Sprintf("%s of %s", svg.Grouped(carried), svg.Grouped(needed)), "")
	if len(short) > 0 {
		l.Text(linesAt, top+49, "bad", svg.Fit(strings.Join(short, ", "), linesWidth, 11, true), "")
	}
}

// drops says what ends at that moment, and what callers find closed.
func (l *failoverChart) drops(top int, loss forecast.FailoverLoss) {
	var texts []string
	class := "plain"
	if loss.AgentsCut > 0 {
		texts = append(texts, svg.Counted(loss.AgentsCut, "session"))
	}
	if loss.CallsCut > 0 {
		texts = append(texts, svg.Counted(loss.CallsCut, "call"))
	}
	if len(texts) == 0 {
		texts, class = []string{"nothing at that moment"}, "quiet small"
	}
	l.Text(dropsAt, top+17, class, svg.Fit(strings.Join(texts, ", "), dropsWidth, 11, false), "")
	l.Text(dropsAt, top+33, "plain", svg.Fit(fmt.Sprintf("%g calls a second are left", loss.CallsPerSecond), dropsWidth, 11, false), "")
	if len(loss.Inbound) > 0 {
		l.Text(dropsAt, top+49, "bad", svg.Fit("inbound closed: "+strings.Join(loss.Inbound, ", "), dropsWidth, 11, true), "")
	} else if len(loss.ToDo) > 0 {
		l.Text(dropsAt, top+49, "quiet small", svg.Counted(len(loss.ToDo), "thing")+" to do by hand", "")
	}
}

// machines draws the losses of machines that are no telephony servers.
func (l *failoverChart) machines(machines []forecast.MachineLoss) {
	for _, machine := range machines {
		l.y += 10
		l.Text(margin+10, l.y+12, "name", svg.Fit(machine.Role, nodeWidth-20, 13, true), "")
		l.Text(margin+10, l.y+28, "address", svg.FitFixed(machine.Name, nodeWidth-20), "")
		width := l.verdict(agentsAt, l.y, machine.Survivable)
		x, below := agentsAt+width+14, l.y+34
		class := "over"
		if machine.Survivable {
			class = "plain"
		}
		l.sentences(x, reasonsMost, class, machine.Reasons)
		l.sentences(x, reasonsMost, "quiet small", machine.ToDo)
		l.y = max(l.y, below)
	}
}
