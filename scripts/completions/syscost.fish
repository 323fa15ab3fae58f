# Completion of syscost in fish. The program says what could stand there, from the tables
# that it reads its options by.
function __syscost_complete
	set -l words (commandline -opc) (commandline -ct)
	for line in ($words[1] complete -- $words[2..] 2>/dev/null)
		switch $line
			case /files
				__fish_complete_path (commandline -ct)
			case /folders
				__fish_complete_directories (commandline -ct)
			case '*'
				echo $line
		end
	end
end
complete -c syscost -f -a '(__syscost_complete)'
