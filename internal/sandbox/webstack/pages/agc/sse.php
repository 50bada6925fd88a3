<?php
require '../vicidial/functions.php';
agent_script();
echo "Agent Login\n";
