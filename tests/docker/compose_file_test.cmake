# Fetches the JSON schema of the Compose Specification, which a linter of compose files carries, and runs compose_file.py.
# In the project's folder: cmake -P tests/docker/compose_file_test.cmake
include(${CMAKE_SOURCE_DIR}/cmake/NpmPackage.cmake)
npm_package(dclint VERSION 3.1.0 SHA256 73fc6079a0408c80c7ccea9e9e5c21c40551afaf15e8c1ee25a5ad6af1ec0414 OUT dclint)
execute_process(COMMAND python3 -B ${CMAKE_CURRENT_LIST_DIR}/compose_file.py ${dclint}/schemas/compose.schema.json
                COMMAND_ERROR_IS_FATAL ANY)
