#pragma once
// Private to this room: D-Bus values as the text of a document, spelled as fleets' older snapshots spell
// them.
//
//   b → a boolean; x t d → a number; every other basic type → text ("18" for a UMask)
//   an array or a struct → its parts between brackets, one space between: "[network.target local-fs.target]"
//   ay → the bytes in decimal: "[93 102]"; a dictionary → "map[a:2 z:1]", sorted by key
//   a variant inside one of these → GVariant text: @u 2, "1"
//
// What is between brackets cannot be taken apart again, so secrets are looked for before: reading() keeps the
// parts apart, model::Redactor sees each of them, and then flatten() joins them.

#include "collect/bus.h"
#include "data/value.h"
#include "model/snapshot.h"

namespace eidos::collect {

/// As short as it can be read back exactly, with an exponent below 1e-4 and from 1e21 on.
std::string double_text(double number);

/// A property's value: a scalar, or lists and maps that flatten() ends. Of "NAME=value" and of what follows
/// "--name" the value is set apart where it looks secret, so that the rest survives its redaction. Bytes that
/// hold a secret as text are gone already, and counted in `withheld`.
data::Value reading(const BusValue& value, std::int64_t& withheld);

/// Joins what reading() kept apart; any other value is left as it is.
void flatten(data::Value& value);
/// Every reading of the snapshot.
void flatten(model::Snapshot& snapshot);

}  // namespace eidos::collect
