using Spate.Protocol.Records;

namespace Spate.Cli.LogFiles;

/// <summary>Control records in words: what they mark, and for ends of transactions, which coordinator wrote it.</summary>
internal static class ControlRecordWords
{
    public static (string? Key, string? Value) Of(NullableBytes key, NullableBytes value)
    {
        if (!ControlRecordKey.TryRead(key.Span, out var control))
        {
            return ($"0x{Convert.ToHexStringLower(key.Span)}", $"0x{Convert.ToHexStringLower(value.Span)}");
        }

        var word = Enum.IsDefined(control.Type) ? control.Type.ToString() : $"type {(short)control.Type}";
        return control.Type is ControlRecordType.Abort or ControlRecordType.Commit && EndTransactionMarker.TryRead(value.Span, out var marker)
            ? (word, $"coordinatorEpoch={marker.CoordinatorEpoch}")
            : (word, $"0x{Convert.ToHexStringLower(value.Span)}");
    }
}
