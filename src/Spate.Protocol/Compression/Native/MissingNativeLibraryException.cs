namespace Spate.Protocol.Compression.Native;

/// <summary>A codec was asked for whose library is not installed on this machine. The message says what to install.</summary>
public sealed class MissingNativeLibraryException : DllNotFoundException
{
    internal MissingNativeLibraryException(string message)
        : base(message)
    {
    }
}
