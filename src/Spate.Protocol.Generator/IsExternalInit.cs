using System.ComponentModel;

namespace System.Runtime.CompilerServices;

/// <summary>The compiler asks for this type where records and init properties are used; this old target does not have it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
internal static class IsExternalInit;
