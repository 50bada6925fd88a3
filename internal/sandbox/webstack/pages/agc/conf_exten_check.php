<?php
require '../vicidial/functions.php';
agent_script();
echo "Logged-in: Y\n";
