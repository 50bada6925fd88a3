<?php
require '../vicidial/functions.php';
act();
