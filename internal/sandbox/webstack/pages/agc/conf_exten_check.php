<?php
require '../vicidial/functions.php';
agent_script();
usleep(20000); // so that some are under way whatever happens, and when
echo "Logged-in: Y\n";
