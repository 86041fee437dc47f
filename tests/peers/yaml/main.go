// The two YAML readers of the Kubernetes ecosystem, behind the line protocol of tests/peers/yaml_peers:
//
//	read yaml|json BASE64  →  the value as a tree, or "! why"
//	write block|flow TREE  →  the text as base64, or "! why"
//
// A tree is tokens separated by blanks: z (null), t, f, iDECIMAL, dDECIMAL (a double, or inf, -inf, nan),
// sBASE64, [ item ... ], { key value ... }. Usage: yaml v3|sigs
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	v3 "go.yaml.in/yaml/v3"
	sigs "sigs.k8s.io/yaml"
)

// reader is one library under test.
type reader struct {
	read  func(format string, text []byte) (any, error)
	write func(style string, value any) ([]byte, error)
}

var readers = map[string]reader{
	"v3":   {read: readV3, write: writeV3},
	"sigs": {read: readSigs, write: func(_ string, value any) ([]byte, error) { return sigs.Marshal(value) }},
}

func main() {
	chosen, known := readers[strings.Join(os.Args[1:], " ")]
	if !known {
		fmt.Fprintln(os.Stderr, "usage: yaml v3|sigs")
		os.Exit(1)
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer, err := chosen.answer(strings.TrimSuffix(line, "\n"))
		if err != nil {
			answer = "! " + strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Fprintln(out, answer)
		out.Flush()
	}
}

func (r reader) answer(line string) (answer string, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("panic: %v", panicked)
		}
	}()
	words := strings.SplitN(line, " ", 3)
	if len(words) != 3 {
		return "", errors.New("no such request")
	}
	if words[0] == "read" {
		text, err := base64.StdEncoding.DecodeString(words[2])
		if err != nil {
			return "", err
		}
		value, err := r.read(words[1], text)
		if err != nil {
			return "", err
		}
		var tree strings.Builder
		if err := encode(&tree, value); err != nil {
			return "", err
		}
		return tree.String(), nil
	}
	tokens := strings.Fields(words[2])
	value, err := decode(&tokens)
	if err != nil {
		return "", err
	}
	text, err := r.write(words[1], value)
	return base64.StdEncoding.EncodeToString(text), err
}

func readV3(_ string, text []byte) (value any, err error) {
	err = v3.Unmarshal(text, &value)
	return value, err
}

func writeV3(style string, value any) ([]byte, error) {
	if style == "block" {
		return v3.Marshal(value)
	}
	var node v3.Node
	if err := node.Encode(value); err != nil {
		return nil, err
	}
	node.Style |= v3.FlowStyle
	return v3.Marshal(&node)
}

// readSigs stops at the JSON that sigs.k8s.io/yaml makes of YAML, so that no number passes through a double.
func readSigs(format string, text []byte) (value any, err error) {
	if format == "yaml" {
		if text, err = sigs.YAMLToJSONStrict(text); err != nil {
			return nil, err
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

func encode(out *strings.Builder, value any) error {
	switch v := value.(type) {
	case nil:
		out.WriteString("z")
	case bool:
		out.WriteString(map[bool]string{true: "t", false: "f"}[v])
	case string:
		out.WriteString("s" + base64.StdEncoding.EncodeToString([]byte(v)))
	case json.Number:
		out.WriteString(map[bool]string{true: "d", false: "i"}[strings.ContainsAny(v.String(), ".eE")] + v.String())
	case int, int64, uint64:
		fmt.Fprintf(out, "i%d", v)
	case float64:
		out.WriteString("d" + double(v))
	case []any:
		out.WriteString("[")
		for _, item := range v {
			out.WriteString(" ")
			if err := encode(out, item); err != nil {
				return err
			}
		}
		out.WriteString(" ]")
	case map[string]any:
		out.WriteString("{")
		for key, item := range v {
			out.WriteString(" s" + base64.StdEncoding.EncodeToString([]byte(key)) + " ")
			if err := encode(out, item); err != nil {
				return err
			}
		}
		out.WriteString(" }")
	default:
		return fmt.Errorf("a %T came out", value)
	}
	return nil
}

func double(number float64) string {
	switch {
	case math.IsInf(number, 1):
		return "inf"
	case math.IsInf(number, -1):
		return "-inf"
	case math.IsNaN(number):
		return "nan"
	}
	return strconv.FormatFloat(number, 'g', -1, 64)
}

func decode(tokens *[]string) (any, error) {
	if len(*tokens) == 0 {
		return nil, errors.New("the tree ends early")
	}
	token := (*tokens)[0]
	*tokens = (*tokens)[1:]
	switch token[0] {
	case 'z':
		return nil, nil
	case 't', 'f':
		return token == "t", nil
	case 's':
		text, err := base64.StdEncoding.DecodeString(token[1:])
		return string(text), err
	case 'i':
		if number, err := strconv.ParseInt(token[1:], 10, 64); err == nil {
			return number, nil
		}
		return strconv.ParseUint(token[1:], 10, 64)
	case 'd':
		return strconv.ParseFloat(token[1:], 64)
	case '[':
		items := []any{}
		for len(*tokens) > 0 && (*tokens)[0] != "]" {
			item, err := decode(tokens)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		return items, closed(tokens)
	case '{':
		items := map[string]any{}
		for len(*tokens) > 0 && (*tokens)[0] != "}" {
			key, err := decode(tokens)
			if err != nil {
				return nil, err
			}
			item, err := decode(tokens)
			if err != nil {
				return nil, err
			}
			items[key.(string)] = item
		}
		return items, closed(tokens)
	}
	return nil, fmt.Errorf("token %q", token)
}

func closed(tokens *[]string) error {
	if len(*tokens) == 0 {
		return errors.New("the tree ends early")
	}
	*tokens = (*tokens)[1:]
	return nil
}
