namespace Spate.Storage;

/// <summary>
/// Records that a read had found were cut off before their bytes were taken: another leader knew better. The disk is sound; whoever wanted
/// them reads anew.
/// </summary>
public sealed class TruncatedRecordsException(string message) : IOException(message);
