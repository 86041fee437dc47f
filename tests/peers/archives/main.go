// Go's archive/zip and archive/tar, for tests/peers/archive_peers:
//
//	archives list FILE       "MODE SHA256 PATH" of every entry, in the order they stand
//	archives make FILE DIR   packs every file of DIR, as a Go program would without a second thought
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 2 && arguments[0] == "list" && strings.HasSuffix(arguments[1], ".zip"):
		return listZip(arguments[1])
	case len(arguments) == 2 && arguments[0] == "list":
		return listTar(arguments[1])
	case len(arguments) == 3 && arguments[0] == "make":
		return pack(arguments[1], arguments[2])
	}
	return fmt.Errorf("usage: archives list FILE | make FILE DIR")
}

func show(mode fs.FileMode, name string, content io.Reader) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return err
	}
	fmt.Printf("%04o %x %s\n", mode, sum.Sum(nil), name)
	return nil
}

func listZip(path string) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer archive.Close()
	for _, file := range archive.File {
		content, err := file.Open()
		if err != nil {
			return err
		}
		if err := show(file.Mode(), file.Name, content); err != nil {
			return err
		}
	}
	return nil
}

func listTar(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	for archive := tar.NewReader(unpacked); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := show(header.FileInfo().Mode(), header.Name, archive); err != nil {
			return err
		}
	}
}

func pack(path, directory string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	if strings.HasSuffix(path, ".zip") {
		archive := zip.NewWriter(out)
		if err := archive.AddFS(os.DirFS(directory)); err != nil {
			return err
		}
		return archive.Close()
	}
	packed := gzip.NewWriter(out)
	archive := tar.NewWriter(packed)
	if err := archive.AddFS(os.DirFS(directory)); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return packed.Close()
}
