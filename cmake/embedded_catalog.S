// The embedded catalog's bytes, as tools/embed_catalog.cc wrote them.
    .section .rodata
    .balign 16
    .global eidos_catalog_begin
    .global eidos_catalog_end
eidos_catalog_begin:
    .incbin "catalog.bin"
eidos_catalog_end:
    .byte 0
    .section .note.GNU-stack,"",@progbits
