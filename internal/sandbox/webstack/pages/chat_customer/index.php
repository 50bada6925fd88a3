<?php
require '../vicidial/functions.php';
echo "CHAT\n";
