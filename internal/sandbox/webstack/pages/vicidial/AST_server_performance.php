<?php
// Draws a picture into the web root, which the browser asks for next.
require 'functions.php';
echo '<IMG SRC="/vicidial/ploticus/' . NODE . ".png\">\n";
