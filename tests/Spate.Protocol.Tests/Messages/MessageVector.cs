using System.Collections;
using System.Reflection;
using System.Text.Json;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Messages;

/// <summary>Holds a message against its values in JSON: camel-cased names, bytes in base64, ids in their text form.</summary>
internal static class MessageVector
{
    /// <summary>Names that changed after the vectors were written.</summary>
    private static readonly Dictionary<(string Type, string Field), string> Renamed = new()
    {
        [("ListConfigResourcesResponse", "clientMetricsResources")] = "ConfigResources",
        [("ConfigResource", "name")] = "ResourceName",
    };

    /// <summary>Where the message says anything else than the JSON; null when nowhere.</summary>
    public static string? Difference(object message, JsonElement json)
    {
        var properties = MessageEquality.Fields(message.GetType()).ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var member in json.EnumerateObject())
        {
            var name = Renamed.GetValueOrDefault((message.GetType().Name, member.Name), member.Name);
            if (!properties.Remove(name, out var property))
            {
                return $"{message.GetType().Name} has no {name}";
            }

            if (ValueDifference(property, property.GetValue(message), member.Value) is { } difference)
            {
                return $"{property.Name}: {difference}";
            }
        }

        return DefaultDifference(message, properties.Values);
    }

    /// <summary>What the JSON does not speak of must be as it is in a new instance.</summary>
    private static string? DefaultDifference(object message, IEnumerable<PropertyInfo> properties)
    {
        var fresh = Activator.CreateInstance(message.GetType())!;
        return properties
            .Select(property => MessageEquality.Difference(property.GetValue(message), property.GetValue(fresh), property.Name))
            .FirstOrDefault(difference => difference is not null);
    }

    private static string? ValueDifference(PropertyInfo property, object? value, JsonElement json) => value switch
    {
        RecordsPayload records => records.IsNull == (json.ValueKind == JsonValueKind.Null) ? null : "records and null are mixed up",
        null => json.ValueKind == JsonValueKind.Null ? null
            : json.ValueKind == JsonValueKind.Object ? Difference(Activator.CreateInstance(property.PropertyType)!, json) : $"null is not {json}",
        _ when json.ValueKind == JsonValueKind.Null => $"{value} is not null",
        bool flag => flag == json.GetBoolean() ? null : $"{flag} is not {json}",
        double number => number.Equals(json.GetDouble()) ? null : $"{number} is not {json}",
        string text => text == json.GetString() ? null : $"{text} is not {json}",
        Uuid uuid => uuid.ToString() == json.GetString() ? null : $"{uuid} is not {json}",
        ReadOnlyMemory<byte> bytes => bytes.Span.SequenceEqual(json.GetBytesFromBase64()) ? null : "bytes differ",
        IList list => ListDifference(property, list, json),
        _ when MessageEquality.IsStructure(value) => Difference(value, json),
        Enum code => Convert.ToInt64(code, null) == json.GetInt64() ? null : $"{code} is not {json}",
        IConvertible number => number.ToInt64(null) == json.GetInt64() ? null : $"{number} is not {json}",
        _ => $"{value.GetType()} cannot be compared",
    };

    private static string? ListDifference(PropertyInfo property, IList list, JsonElement json)
    {
        if (list.Count != json.GetArrayLength())
        {
            return $"{list.Count} elements are not {json.GetArrayLength()}";
        }

        for (var i = 0; i < list.Count; i++)
        {
            if (ValueDifference(property, list[i], json[i]) is { } difference)
            {
                return $"[{i}].{difference}";
            }
        }

        return null;
    }
}
