package privileges

import (
	"fmt"
	"slices"
	"strings"
)

// Account is the account that the script grants privileges to.
const Account = "'terraform'@'10.10.10.%'"

// script has the verbs and columns of each table at %s. The rows of information_schema
// leave out what a version of VICIdial does not have.
const script = `-- TRUE for a user who applies; FALSE for one who only reads.
SET @writes = TRUE;
SET SESSION group_concat_max_len = 1000000;

SELECT CONCAT('GRANT ', GROUP_CONCAT(privilege ORDER BY place SEPARATOR ', '),
              ' ON ` + "`', DATABASE(), '`.`', name, '`" + ` TO %s;') AS statement
  FROM (
       SELECT used.name, verbs.place,
              CONCAT(verbs.verb, IF(verbs.verb = 'DELETE' OR used.own = '*' AND used.but = '', '',
                     CONCAT(' (', GROUP_CONCAT(there.COLUMN_NAME ORDER BY there.ORDINAL_POSITION SEPARATOR ', '), ')'))) AS privilege
         FROM (
              SELECT '' AS name, '' AS verbs, '' AS own, '' AS but, '' AS looks, '' AS further -- * is all columns but those
%s
              ) AS used
         JOIN (SELECT 1 AS place, 'SELECT' AS verb UNION ALL SELECT 2, 'INSERT' UNION ALL SELECT 3, 'UPDATE' UNION ALL SELECT 4, 'DELETE') AS verbs
         JOIN information_schema.COLUMNS AS there
           ON there.TABLE_SCHEMA = DATABASE()
          AND there.TABLE_NAME = used.name
        WHERE (verbs.verb = 'SELECT' OR @writes AND FIND_IN_SET(verbs.verb, used.verbs))
          AND (verbs.verb = 'DELETE'
               OR FIND_IN_SET(there.COLUMN_NAME, used.own)
               OR used.own = '*' AND NOT FIND_IN_SET(there.COLUMN_NAME, used.but)
               OR verbs.verb = 'SELECT' AND FIND_IN_SET(there.COLUMN_NAME, used.looks)
               OR @writes AND FIND_IN_SET(CONCAT(verbs.verb, ' ', there.COLUMN_NAME), used.further))
        GROUP BY used.name, used.own, used.but, verbs.place, verbs.verb
       ) AS privileges
 GROUP BY name
 ORDER BY name;
`

// Script returns SQL that prints the GRANT statements for [Account] in the selected
// database, one for each table that it has.
func Script() string {
	var rows strings.Builder
	for i, t := range tables {
		own, but := strings.Join(t.Own, ","), strings.Join(slices.Concat(t.Except, t.Read), ",")
		if t.Whole() || t.allBut() {
			own = "*"
		}
		if own != "*" {
			but = ""
		}
		if i > 0 {
			rows.WriteString("\n")
		}
		fmt.Fprintf(&rows, "              UNION ALL SELECT '%s', '%s', '%s', '%s', '%s', '%s'", t.Name, strings.Join(t.Verbs, ","), own, but, strings.Join(t.Read, ","), strings.Join(t.further(), ","))
	}
	return fmt.Sprintf(script, strings.ReplaceAll(Account, "'", "''"), rows.String())
}

// further returns Further as "VERB column", sorted.
func (t Table) further() []string {
	var all []string
	for verb, columns := range t.Further {
		for _, column := range columns {
			all = append(all, verb+" "+column)
		}
	}
	slices.Sort(all)
	return all
}
