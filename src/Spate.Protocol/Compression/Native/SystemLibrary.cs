using System.Runtime.InteropServices;

namespace Spate.Protocol.Compression.Native;

/// <summary>One library of the system, under the names that systems give it. Loaded once; safe for all threads.</summary>
/// <param name="name">What people call it.</param>
/// <param name="fileNames">The names to try, in this order.</param>
/// <param name="remedy">How to install it.</param>
internal sealed class SystemLibrary(string name, string[] fileNames, string remedy)
{
    // Homebrew on Apple silicon installs to a place that the loader does not search by itself.
    private static readonly string[] Folders = ["", "/opt/homebrew/lib", "/usr/local/lib"];

    private nint _handle;

    public string Remedy => remedy;

    /// <summary>The library's handle.</summary>
    /// <exception cref="MissingNativeLibraryException">None of the names can be loaded.</exception>
    public nint Load() => TryLoad()
        ? Volatile.Read(ref _handle)
        : throw new MissingNativeLibraryException(
            $"The library {name} is not installed on this machine, so its codec cannot be used. Install it with: {Remedy}. Tried {string.Join(", ", fileNames)}.");

    public bool TryLoad()
    {
        if (Volatile.Read(ref _handle) != nint.Zero)
        {
            return true;
        }

        foreach (var folder in Folders)
        {
            foreach (var fileName in fileNames)
            {
                // Two threads may load at once: the system counts references and gives both the same handle.
                if (NativeLibrary.TryLoad(Path.Join(folder, fileName), out var handle))
                {
                    Volatile.Write(ref _handle, handle);
                    return true;
                }
            }
        }

        return false;
    }
}
