<?php
require 'functions.php';
act();
