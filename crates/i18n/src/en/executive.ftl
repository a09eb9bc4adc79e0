# executive
