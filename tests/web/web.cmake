# The web page in a headless Chromium (tools/setup --browser).
eidos_script_test(web_page LABEL browser COMMAND tests/web/page.py $<TARGET_FILE:eidos> $<TARGET_FILE:eidosd> TIMEOUT 600)
