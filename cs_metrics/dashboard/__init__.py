"""The dashboard: one HTML page of the published marts, and an optional Streamlit app over the same queries."""
