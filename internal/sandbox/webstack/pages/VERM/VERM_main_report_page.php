<?php
require '../vicidial/functions.php';
echo "REPORT\n";
