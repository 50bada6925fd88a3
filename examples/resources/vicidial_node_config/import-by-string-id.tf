# The files as they are on the nodes, copied to here: folders with an
# astguiclient.conf and a crontab (`crontab -l`), or the path of the first alone.
import {
  to = vicidial_node_config.site
  id = "nodes/dial1,nodes/dial2,nodes/db,nodes/web1.conf"
}
