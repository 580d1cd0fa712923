"""What it could become: network, programmes, money, ranking and the pipeline. Pure functions of frames."""
